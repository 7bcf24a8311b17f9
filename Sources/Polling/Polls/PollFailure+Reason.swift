// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI

extension PollFailure {
    /// The class of a failure.
    package enum Reason: Sendable, Hashable {
        /// A request failed.
        case api(APIError.Reason)
        /// The ledger cannot be read or written.
        case storage
        /// The API token cannot be read.
        case token
        case cursorLoop
        /// The event list does not end.
        case endlessCursor
    }
}

extension PollFailure.Reason: RawRepresentable, CaseIterable {
    /// Every reason.
    package static let allCases: [PollFailure.Reason] =
        APIError.Reason.allCases.map { .api($0) } + [.storage, .token, .cursorLoop, .endlessCursor]

    /// The reasons that `poll_failures_total` shows at 0 before the first failure, so that it is an increase.
    ///
    /// A cancellation is not counted. The reasons `other` and `refused` are not expected, and appear when they occur.
    package static let expected: [PollFailure.Reason] = allCases.filter { reason in
        ![.api(.cancelled), .api(.other), .api(.refused)].contains(reason)
    }

    /// The `reason` label of `poll_failures_total` and of logs.
    package var rawValue: String {
        switch self {
        case .api(let reason): reason.rawValue
        case .storage: "storage"
        case .token: "token"
        case .cursorLoop: "cursor_loop"
        case .endlessCursor: "endless_cursor"
        }
    }

    /// Finds the reason with a label.
    package init?(rawValue: String) {
        guard let reason = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = reason
    }
}
