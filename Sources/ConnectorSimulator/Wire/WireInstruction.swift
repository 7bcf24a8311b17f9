// SPDX-License-Identifier: Apache-2.0

/// How the relay must pass on one response.
///
/// The API attaches it to its response as a header field. The relay removes the field, so clients never see it.
package struct WireInstruction: Sendable, Hashable {
    /// The pause before the first byte.
    package var delay = Duration.zero
    package var fault: WireFault?
    /// Whether the response to a `HEAD` request follows, which announces a body but has none.
    var hasNoBody = false

    static let headerName = "Simulator-Wire"

    /// The value of the header field, or `nil` if the response travels as it is.
    var headerValue: String? {
        var words: [String] = []
        if delay > .zero { words.append("delay=\(Int(delay / .milliseconds(1)))") }
        switch fault {
        case .reset: words.append("reset")
        case .stall(let count): words.append("stall=\(count)")
        case .cut(let count?, false): words.append("cut=\(count)")
        case .slow(let rate): words.append("slow=\(rate)")
        case .endless: words.append("endless")
        // The API never asks for the others: they exist for a relay that a test controls.
        case .cut, .garbage, .oldVersion, .interim, nil: break
        }
        if hasNoBody { words.append("no-body") }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    init() {}

    /// Reads the value of the header field.
    init(headerValue: some StringProtocol) {
        for word in headerValue.split(separator: " ") {
            let parts = word.split(separator: "=")
            let number = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            switch parts[0] {
            case "delay": delay = .milliseconds(number)
            case "reset": fault = .reset
            case "stall": fault = .stall(after: number)
            case "cut": fault = .cut(after: number, isReset: false)
            case "slow": fault = .slow(bytesPerSecond: number)
            case "endless": fault = .endless
            case "no-body": hasNoBody = true
            default: break
            }
        }
    }
}
