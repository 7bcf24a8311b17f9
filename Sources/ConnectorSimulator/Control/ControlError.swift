// SPDX-License-Identifier: Apache-2.0

/// The reason for which a control request was rejected.
struct ControlError: Error, Sendable, Hashable {
    let status: Int
    /// The problem and the remedy.
    let message: String

    init(_ status: Int = 400, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The error as JSON: `{"error": …}`.
    var response: SimulatedResponse {
        .json(status, JSONWriter.object { $0.field("error", message) })
    }
}
