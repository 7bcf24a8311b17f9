// SPDX-License-Identifier: Apache-2.0

import WireText

/// The textual form of a fault: a flag or a JSON object.
///
/// A flag has the form `KIND[:PARAM][,KEY=VALUE…][@SHARE]`, for example `status:429,retry_after=7,endpoint=events,times=3@0.5`.
/// In JSON, `kind`, `param`, `share` and the keys are members of an object.
struct FaultDescription: Sendable {
    var kind: String
    var param: String?
    var options: [String: String] = [:]

    init(flag: String) throws(SimulatorError) {
        var text = flag[...]
        if let at = text.lastIndex(of: "@") {
            options["share"] = String(text[text.index(after: at)...])
            text = text[..<at]
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let head = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        kind = String(head[0])
        param = head.count > 1 ? String(head[1]) : nil
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[0].isEmpty else {
                throw SimulatorError(
                    "\"\(part)\" is not KEY=VALUE; use a form like status:503,endpoint=events@0.1"
                )
            }
            options[String(pair[0])] = String(pair[1])
        }
    }

    /// Uses the members of a JSON object.
    init(members: [String: String]) throws(SimulatorError) {
        guard let kind = members["kind"] else {
            throw SimulatorError("\"kind\" is missing; add one, like \"kind\": \"reset\"")
        }
        self.kind = kind
        param = members["param"]
        options = members.filter { $0.key != "kind" && $0.key != "param" }
    }

    /// Returns the fault.
    ///
    /// - Throws: an error that names the invalid part and the valid values.
    func fault() throws(SimulatorError) -> Fault {
        var options = options
        let share = try number(options.removeValue(forKey: "share"), "share", in: 0...1) ?? 1
        let times = try whole(options.removeValue(forKey: "times"), "times", atLeast: 0)
        let connector = options.removeValue(forKey: "connector")
        let route: RouteKind? = try value(options.removeValue(forKey: "endpoint"), "endpoint")
        let effect = try effect(&options)
        if let unknown = options.keys.sorted().first {
            throw SimulatorError("\(kind): unknown key \"\(unknown)\"; remove it")
        }
        return Fault(effect, share: share, route: route, connector: connector, times: times)
    }

    private static let withParameter = [
        "status", "stall", "slow", "delay", "truncate", "gzip", "encoding", "redirect", "header",
    ]

    private func effect(_ options: inout [String: String]) throws(SimulatorError) -> FaultEffect {
        if let fault = ContentFault(rawValue: kind) {
            try rejectParameter()
            return .content(fault)
        }
        switch kind {
        case "status": return try status(&options)
        case "stall": return .stall(after: try whole(param, "bytes", atLeast: 0))
        case "slow": return .slow(bytesPerSecond: try whole(param, "bytes per second", atLeast: 1) ?? 100)
        case "delay":
            guard let duration = PrometheusDuration(param ?? "1s") else {
                throw SimulatorError("delay:\(param ?? ""): not a duration; use one like delay:2s")
            }
            return .delay(seconds: duration.seconds)
        case "truncate": return try truncation(&options)
        case "gzip", "encoding", "redirect", "header": return try headFault(&options)
        default: break
        }
        let plain: [String: FaultEffect] = [
            "reset": .reset, "html": .html, "success_false": .successFalse, "endless_body": .endlessBody,
            "garbage_gzip": .garbageGzip,
        ]
        guard let effect = plain[kind] else {
            let kinds = Self.withParameter + plain.keys
            let names = (kinds + ContentFault.allCases.map(\.rawValue)).sorted().joined(separator: ", ")
            throw SimulatorError("unknown fault \"\(kind)\"; use one of \(names)")
        }
        try rejectParameter()
        return effect
    }

    private func status(_ options: inout [String: String]) throws(SimulatorError) -> FaultEffect {
        guard let code = param.flatMap({ Int($0) }), (400...599).contains(code) else {
            throw SimulatorError("status:\(param ?? ""): use a status from 400 to 599, like status:503")
        }
        let body: FaultEffect.ErrorBody? = try value(options.removeValue(forKey: "body"), "body")
        let wait = options.removeValue(forKey: "retry_after") ?? "none"
        return .status(code, body ?? .json, try retryAfter(wait))
    }

    private func retryAfter(_ text: String) throws(SimulatorError) -> FaultEffect.RetryAfter {
        if text == "none" { return .none }
        if let seconds = Int(text), seconds >= 0 { return .seconds(seconds) }
        if text == "date" { return .date(inSeconds: 5) }
        if text.hasPrefix("date+"), let seconds = Int(text.dropFirst(5)), seconds >= 0 {
            return .date(inSeconds: seconds)
        }
        throw SimulatorError(
            "retry_after: \"\(text)\" is not allowed; use seconds, date, date+SECONDS or none"
        )
    }

    private func truncation(_ options: inout [String: String]) throws(SimulatorError) -> FaultEffect {
        let bytes = try whole(options.removeValue(forKey: "bytes"), "bytes", atLeast: 0)
        switch param ?? "json" {
        case "json": return .truncateJSON(after: bytes)
        case "connection": return .truncateConnection(after: bytes)
        default: throw SimulatorError("truncate:\(param ?? ""): use truncate:json or truncate:connection")
        }
    }

    /// Parses a fault that changes header fields.
    private func headFault(_ options: inout [String: String]) throws(SimulatorError) -> FaultEffect {
        let param = param ?? ""
        switch kind {
        case "gzip":
            let kind: Gzip.Kind? = try value(param, "gzip")
            return .gzip(kind ?? .whole)
        case "redirect":
            let code = Int(self.param ?? "302") ?? 0
            if (300...399).contains(code) { return .redirect(code) }
            throw SimulatorError("redirect:\(param): use a status from 300 to 399, like redirect:302")
        default: break
        }
        guard !param.isEmpty, param.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || $0.isLetter || $0.isDigit })
        else {
            throw SimulatorError(
                "\(kind):\(param): use a name of letters, digits and hyphens, like \(kind):x-name"
            )
        }
        if kind == "encoding" { return .encoding(param) }
        if let value = options.removeValue(forKey: "value") { return .header(param, .text(value)) }
        let bytes = try whole(options.removeValue(forKey: "bytes"), "bytes", atLeast: 0)
        guard let bytes, bytes <= 1 << 20 else {
            throw SimulatorError("header:\(param): add value=TEXT, or bytes=NUMBER up to 1048576")
        }
        return .header(param, .filler(bytes))
    }

    private func rejectParameter() throws(SimulatorError) {
        if let param { throw SimulatorError("\(kind):\(param): the fault has no parameter; remove it") }
    }

    private func value<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String?,
        _ name: String
    ) throws(SimulatorError) -> Value? {
        guard let text else { return nil }
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw SimulatorError("\(kind): \(name): \"\(text)\" is not allowed; use one of \(names)")
        }
        return value
    }

    private func whole(_ text: String?, _ name: String, atLeast low: Int) throws(SimulatorError) -> Int? {
        guard let text else { return nil }
        guard let value = Int(text), value >= low else {
            throw SimulatorError(
                "\(kind): \(name): \"\(text)\" is not allowed; use a whole number from \(low)"
            )
        }
        return value
    }

    private func number(_ text: String?, _ name: String, in range: ClosedRange<Double>) throws(SimulatorError)
        -> Double?
    {
        guard let text else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw SimulatorError(
                "\(kind): \(name): \"\(text)\" is not allowed; use a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }
}

extension Fault {
    /// Parses a fault of the command line: `KIND[:PARAM][,KEY=VALUE…][@SHARE]`.
    ///
    /// - Throws: an error that names the invalid part and the valid values.
    package static func parse(_ flag: String) throws(SimulatorError) -> Fault {
        try FaultDescription(flag: flag).fault()
    }
}
