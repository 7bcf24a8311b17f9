// SPDX-License-Identifier: Apache-2.0

/// The faults in force, and whom they befall.
struct FaultSet: Sendable {
    private(set) var faults: [Fault]
    private var random: SeededGenerator

    init(_ faults: [Fault], seed: UInt64) {
        self.faults = faults
        random = SeededGenerator(seed: seed, 0xfa017)
    }

    /// Puts other faults in the place of those in force.
    mutating func replace(with faults: [Fault]) { self.faults = faults }

    /// Decides which faults befall a request; each of them is one time nearer to its end.
    mutating func befall(_ route: Route) -> [Fault] {
        var befalling: [Fault] = []
        for index in faults.indices where faults[index].applies(to: route) {
            guard faults[index].share >= 1 || random.chance(faults[index].share) else { continue }
            if let times = faults[index].times { faults[index].times = times - 1 }
            befalling.append(faults[index])
        }
        return befalling
    }

    /// The faults as JSON, the way they are set.
    var json: [UInt8] {
        var json = JSONWriter()
        json.raw("[")
        for (index, fault) in faults.enumerated() {
            if index > 0 { json.raw(",") }
            fault.write(to: &json)
        }
        json.raw("]")
        return json.bytes
    }
}

extension Fault {
    fileprivate func write(to json: inout JSONWriter) {
        json.raw("{\"kind\":")
        json.string(effect.name)
        for (key, value) in effect.parameters {
            json.raw(",")
            json.string(key)
            json.raw(":")
            json.string(value)
        }
        json.raw(",\"share\":")
        json.double(share)
        if let endpoint {
            json.raw(",\"endpoint\":")
            json.string(endpoint.rawValue)
        }
        if let connector {
            json.raw(",\"connector\":")
            json.string(connector)
        }
        if let times {
            json.raw(",\"times\":")
            json.integer(times)
        }
        json.raw("}")
    }
}

extension FaultEffect {
    /// The word for it with its parameters, under which it is counted: `status:503:html`.
    var label: String {
        ([name] + parameters.map(\.1).filter { $0 != "none" }).joined(separator: ":")
    }

    /// The word for it.
    fileprivate var name: String {
        switch self {
        case .status: "status"
        case .reset: "reset"
        case .stall: "stall"
        case .slow: "slow"
        case .delay: "delay"
        case .truncateJSON, .truncateConnection: "truncate"
        case .html: "html"
        case .successFalse: "success_false"
        case .endlessBody: "endless_body"
        case .garbageGzip: "garbage_gzip"
        case .gzip: "gzip"
        case .encoding: "encoding"
        case .redirect: "redirect"
        case .header: "header"
        case .distortion(let distortion): distortion.rawValue
        }
    }

    /// What stands beside it, so that what is listed can be set again.
    fileprivate var parameters: [(String, String)] {
        switch self {
        case .status(let code, let body, let retryAfter):
            [("param", String(code)), ("body", body.rawValue), ("retry_after", retryAfter.text)]
        case .stall(let bytes?): [("param", String(bytes))]
        case .slow(let rate): [("param", String(rate))]
        case .delay(let seconds): [("param", "\(Int(seconds * 1000))ms")]
        case .truncateJSON(let bytes): [("param", "json")] + (bytes.map { [("bytes", String($0))] } ?? [])
        case .truncateConnection(let bytes):
            [("param", "connection")] + (bytes.map { [("bytes", String($0))] } ?? [])
        case .gzip(let kind): [("param", kind.rawValue)]
        case .encoding(let name): [("param", name)]
        case .redirect(let status): [("param", String(status))]
        case .header(let name, .text(let value)): [("param", name), ("value", value)]
        case .header(let name, .filler(let bytes)): [("param", name), ("bytes", String(bytes))]
        case .stall(nil), .reset, .html, .successFalse, .endlessBody, .garbageGzip, .distortion: []
        }
    }
}

extension FaultEffect.RetryAfter {
    /// The word for it.
    fileprivate var text: String {
        switch self {
        case .none: "none"
        case .seconds(let seconds): String(seconds)
        case .date(let seconds): "date+\(seconds)"
        }
    }
}
