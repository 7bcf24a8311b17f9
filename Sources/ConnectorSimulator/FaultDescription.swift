// SPDX-License-Identifier: Apache-2.0

/// A fault in words: as a flag has it, or as a JSON object.
///
/// A flag is `KIND[:PARAM][,KEY=VALUE…][@SHARE]`, for example `status:429,retry_after=7,endpoint=events,times=3@0.5`.
/// In JSON, `kind`, `param`, `share` and the keys are members of an object.
struct FaultDescription: Sendable {
    var kind: String
    var param: String?
    var options: [String: String] = [:]

    /// Reads a flag.
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
                    "\"\(part)\" is not KEY=VALUE; write the fault like status:503,endpoint=events@0.1."
                )
            }
            options[String(pair[0])] = String(pair[1])
        }
    }

    /// Takes the members of a JSON object.
    init(members: [String: String]) throws(SimulatorError) {
        guard let kind = members["kind"] else { throw SimulatorError("a fault has a \"kind\".") }
        self.kind = kind
        param = members["param"]
        options = members.filter { $0.key != "kind" && $0.key != "param" }
    }

    /// The fault that is meant.
    ///
    /// - Throws: a sentence that names what cannot be read and says what to write.
    func fault() throws(SimulatorError) -> Fault {
        var options = options
        let share = try number(options.removeValue(forKey: "share"), "share", in: 0...1) ?? 1
        let times = try whole(options.removeValue(forKey: "times"), "times", atLeast: 0)
        let connector = options.removeValue(forKey: "connector")
        var endpoint: EndpointClass?
        if let name = options.removeValue(forKey: "endpoint") {
            endpoint = EndpointClass(rawValue: name)
            guard endpoint != nil else {
                let names = EndpointClass.allCases.map(\.rawValue).joined(separator: ", ")
                throw SimulatorError("endpoint: \"\(name)\" is none; write one of \(names).")
            }
        }
        let effect = try effect(&options)
        if let unknown = options.keys.sorted().first {
            throw SimulatorError("\(kind) has no key \"\(unknown)\".")
        }
        return Fault(effect, share: share, endpoint: endpoint, connector: connector, times: times)
    }

    /// The kinds that are no distortions and may have a parameter.
    private static let withParameter = [
        "status", "stall", "slow", "delay", "truncate", "gzip", "encoding", "redirect", "header",
    ]

    private func effect(_ options: inout [String: String]) throws(SimulatorError) -> FaultEffect {
        if let distortion = Distortion(rawValue: kind) {
            try refuseParameter()
            return .distortion(distortion)
        }
        switch kind {
        case "status": return try status(&options)
        case "stall": return .stall(after: try whole(param, "bytes", atLeast: 0))
        case "slow": return .slow(bytesPerSecond: try whole(param, "bytes per second", atLeast: 1) ?? 100)
        case "delay":
            guard let seconds = DurationText.seconds(param ?? "1s") else {
                throw SimulatorError("delay:\(param ?? ""): write a duration, like delay:2s.")
            }
            return .delay(seconds: seconds)
        case "truncate": return try truncation(&options)
        case "gzip", "encoding", "redirect", "header": return try spoiledHead(&options)
        default: break
        }
        let plain: [String: FaultEffect] = [
            "reset": .reset, "html": .html, "success_false": .successFalse, "endless_body": .endlessBody,
            "garbage_gzip": .garbageGzip,
        ]
        guard let effect = plain[kind] else {
            let kinds = Self.withParameter + plain.keys
            let names = (kinds + Distortion.allCases.map(\.rawValue)).sorted().joined(separator: ", ")
            throw SimulatorError("there is no fault \"\(kind)\"; write one of \(names).")
        }
        try refuseParameter()
        return effect
    }

    private func status(_ options: inout [String: String]) throws(SimulatorError) -> FaultEffect {
        guard let code = param.flatMap({ Int($0) }), (400...599).contains(code) else {
            throw SimulatorError("status:\(param ?? ""): write a status from 400 to 599, like status:503.")
        }
        var body = FaultEffect.ErrorBody.json
        if let name = options.removeValue(forKey: "body") {
            guard let known = FaultEffect.ErrorBody(rawValue: name) else {
                throw SimulatorError("body: \"\(name)\" is none; write json, html or empty.")
            }
            body = known
        }
        let wait = options.removeValue(forKey: "retry_after") ?? "none"
        return .status(code, body, try retryAfter(wait))
    }

    private func retryAfter(_ text: String) throws(SimulatorError) -> FaultEffect.RetryAfter {
        if text == "none" { return .none }
        if let seconds = Int(text), seconds >= 0 { return .seconds(seconds) }
        if text == "date" { return .date(inSeconds: 5) }
        if text.hasPrefix("date+"), let seconds = Int(text.dropFirst(5)), seconds >= 0 {
            return .date(inSeconds: seconds)
        }
        throw SimulatorError("retry_after: \"\(text)\" is none; write seconds, date, date+SECONDS or none.")
    }

    private func truncation(_ options: inout [String: String]) throws(SimulatorError) -> FaultEffect {
        let bytes = try whole(options.removeValue(forKey: "bytes"), "bytes", atLeast: 0)
        switch param ?? "json" {
        case "json": return .truncateJSON(after: bytes)
        case "connection": return .truncateConnection(after: bytes)
        default: throw SimulatorError("truncate:\(param ?? ""): write truncate:json or truncate:connection.")
        }
    }

    /// Faults that a header field tells.
    private func spoiledHead(_ options: inout [String: String]) throws(SimulatorError) -> FaultEffect {
        let param = param ?? ""
        switch kind {
        case "gzip":
            if let kind = Gzip.Kind(rawValue: param) { return .gzip(kind) }
            let names = Gzip.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw SimulatorError("gzip:\(param): write one of \(names), like gzip:bomb.")
        case "redirect":
            let code = Int(self.param ?? "302") ?? 0
            if (300...399).contains(code) { return .redirect(code) }
            throw SimulatorError("redirect:\(param): write a status from 300 to 399, like redirect:302.")
        default: break
        }
        guard !param.isEmpty, param.utf8.allSatisfy({ $0 == 0x2d || isLetterOrDigit($0) }) else {
            throw SimulatorError("\(kind):\(param): write a name, like \(kind):x-name.")
        }
        if kind == "encoding" { return .encoding(param) }
        if let value = options.removeValue(forKey: "value") { return .header(param, .text(value)) }
        let bytes = try whole(options.removeValue(forKey: "bytes"), "bytes", atLeast: 0)
        guard let bytes, bytes <= 1 << 20 else {
            throw SimulatorError("header:\(param): write value=TEXT, or bytes=NUMBER up to 1048576.")
        }
        return .header(param, .filler(bytes))
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
    }

    private func refuseParameter() throws(SimulatorError) {
        if let param { throw SimulatorError("\(kind) takes no parameter, and \"\(param)\" is one.") }
    }

    private func whole(_ text: String?, _ name: String, atLeast low: Int) throws(SimulatorError) -> Int? {
        guard let text else { return nil }
        guard let value = Int(text), value >= low else {
            throw SimulatorError("\(kind): \(name): \"\(text)\" is not a whole number of at least \(low).")
        }
        return value
    }

    private func number(_ text: String?, _ name: String, in range: ClosedRange<Double>) throws(SimulatorError)
        -> Double?
    {
        guard let text else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw SimulatorError(
                "\(kind): \(name): \"\(text)\" is not a number from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return value
    }
}

extension Fault {
    /// Reads a fault of the command line: `KIND[:PARAM][,KEY=VALUE…][@SHARE]`.
    ///
    /// - Throws: a sentence that says how to write it.
    package static func parse(_ flag: String) throws(SimulatorError) -> Fault {
        try FaultDescription(flag: flag).fault()
    }
}
