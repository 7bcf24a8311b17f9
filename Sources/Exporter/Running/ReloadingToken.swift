// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Polling
import Synchronization

/// A token that may be replaced in its file at any time; readable from any thread.
final class ReloadingToken: Sendable {
    private let reader: Mutex<TokenReader>

    init(_ source: TokenSource) {
        reader = Mutex(TokenReader(source))
    }

    /// The token that is in force now.
    func current() throws(ConfigurationError) -> Credential {
        try reader.withLock { (reader) throws(ConfigurationError) in try reader.current() }
    }

    /// The same, for a poll, which fails where there is none.
    func forPoll() throws(PollFailure) -> Credential {
        do throws(ConfigurationError) {
            return try current()
        } catch {
            throw PollFailure(reason: "token", error.description)
        }
    }
}
