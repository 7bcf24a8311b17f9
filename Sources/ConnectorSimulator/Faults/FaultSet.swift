// SPDX-License-Identifier: Apache-2.0

/// The faults in force.
struct FaultSet: Sendable {
    private(set) var faults: [Fault]
    private var random: SeededGenerator

    init(_ faults: [Fault], seed: UInt64) {
        self.faults = faults
        random = SeededGenerator(seed: seed, 0xfa017)
    }

    mutating func replace(with faults: [Fault]) { self.faults = faults }

    /// Selects the faults that affect a request, and counts down those with a limited number of times.
    mutating func select(for route: Route) -> [Fault] {
        var selected: [Fault] = []
        for index in faults.indices where faults[index].matches(route) {
            guard faults[index].share >= 1 || random.chance(faults[index].share) else { continue }
            if let times = faults[index].times { faults[index].times = times - 1 }
            selected.append(faults[index])
        }
        return selected
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.array { json in
            for fault in faults { fault.write(to: &json) }
        }
        return json.bytes
    }
}

extension Fault {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("kind", effect.name)
            for (key, value) in effect.parameters { json.field(key, value) }
            json.field("share", share)
            if let route { json.field("endpoint", route.rawValue) }
            if let connector { json.field("connector", connector) }
            if let times { json.field("times", times) }
        }
    }
}

extension FaultEffect {
    /// The name with the parameters, under which the fault is counted: `status:503:html`.
    var label: String {
        ([name] + parameters.map(\.1).filter { $0 != "none" }).joined(separator: ":")
    }

    /// The value of `kind`.
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
        case .content(let fault): fault.rawValue
        }
    }

    /// The other members of the JSON object.
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
        case .stall(nil), .reset, .html, .successFalse, .endlessBody, .garbageGzip, .content: []
        }
    }
}

extension FaultEffect.RetryAfter {
    fileprivate var text: String {
        switch self {
        case .none: "none"
        case .seconds(let seconds): String(seconds)
        case .date(let seconds): "date+\(seconds)"
        }
    }
}
