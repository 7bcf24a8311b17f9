// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import LinuxSystem
import Polling
import Synchronization

/// An API token that is read again after its file has changed.
///
/// It may be used from any thread.
///
/// Each API request asks for the token, and `stat(2)` may block on a network file system. So the file is checked at most
/// once per second.
final class ReloadingToken: Sendable {
    private struct Loaded {
        let credential: Credential
        let files: WatchedFiles
        let checkedAt: Uptime
    }

    /// The maximum size of a token file in bytes.
    private static let maxSize = 16 << 10

    /// The minimum time between two checks of the file, in seconds.
    private static let checkInterval = 1.0

    private let source: TokenSource
    private let clock: any PollingClock
    private let loaded = Mutex<Loaded?>(nil)

    /// Creates a token without reading it.
    init(_ source: TokenSource, clock: any PollingClock) {
        self.source = source
        self.clock = clock
    }

    /// Returns the current token.
    ///
    /// - Throws: an error without the path of the file, if it contains no token. The next call reads it again.
    func current() throws(ConfigurationError) -> Credential {
        switch source {
        case .literal(let credential): return credential
        case .file(let path):
            let now = clock.uptime()
            return try loaded.withLock { (loaded) throws(ConfigurationError) in
                if let known = loaded {
                    if now - known.checkedAt < Self.checkInterval { return known.credential }
                    if !known.files.haveChanged {
                        loaded = Loaded(credential: known.credential, files: known.files, checkedAt: now)
                        return known.credential
                    }
                }
                loaded = nil
                var files = WatchedFiles()
                let credential = try Self.readCredential(at: path, files: &files)
                loaded = Loaded(credential: credential, files: files, checkedAt: now)
                return credential
            }
        }
    }

    /// Returns the current token for a poll, which fails if there is no token.
    func currentForPoll() throws(PollFailure) -> Credential {
        do throws(ConfigurationError) {
            return try current()
        } catch {
            throw PollFailure(.token, "api_token_file: \(error)")
        }
    }

    /// Reads a token file.
    ///
    /// Errors do not contain the path, because an operator may have pasted the token in its place.
    static func readCredential(at path: String) throws(ConfigurationError) -> Credential {
        var files = WatchedFiles()
        return try readCredential(at: path, files: &files)
    }

    private static func readCredential(
        at path: String,
        files: inout WatchedFiles
    ) throws(ConfigurationError) -> Credential {
        let bytes: [UInt8]
        do throws(FileReadError) {
            bytes = try files.bytes(at: path, limit: maxSize)
        } catch {
            throw ConfigurationError(
                "cannot be read: \(error); name a file that contains only the API token and that this user may read"
            )
        }
        guard let credential = Credential(String(decoding: bytes, as: UTF8.self)) else {
            throw ConfigurationError(
                "names a file without an API token; write only the API token into it, on one line"
            )
        }
        return credential
    }
}
