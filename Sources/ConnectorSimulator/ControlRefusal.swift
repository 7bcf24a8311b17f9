// SPDX-License-Identifier: Apache-2.0

/// Why a control request was not carried out.
struct ControlRefusal: Error, Sendable, Hashable {
    let status: Int
    /// Says what to send.
    let message: String

    init(_ status: Int = 400, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The refusal as JSON: `{"error": …}`.
    var answer: Answer {
        var json = JSONWriter()
        json.raw("{\"error\":")
        json.string(message)
        json.raw("}")
        return .json(status, json.bytes)
    }
}
