// SPDX-License-Identifier: Apache-2.0

/// A fault in the form of the simulator's control.
struct SoakFault: Sendable, CustomStringConvertible {
    let kind: String
    var param: String?
    var options: [(name: String, value: String)] = []

    /// The name in the simulator's request statistics.
    var description: String {
        ([kind] + [param].compactMap { $0 } + options.map(\.value)).joined(separator: ":")
    }

    /// Returns the fault as JSON, limited to some requests.
    func json(endpoint: String? = nil, connector: String? = nil, share: Double = 1) -> String {
        var members = [("kind", kind)] + options.map { ($0.name, $0.value) }
        if let param { members.append(("param", param)) }
        if let endpoint { members.append(("endpoint", endpoint)) }
        if let connector { members.append(("connector", connector)) }
        let texts = members.map { name, value in
            "\"\(name)\":\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
        return "{\(texts.joined(separator: ",")),\"share\":\(share)}"
    }
}

extension SoakFault {
    /// Every status with every body, except 429, which blocks the token.
    static let statuses = [400, 401, 403, 404, 408, 409, 500, 502, 503, 504, 520, 599].flatMap { status in
        ["json", "html", "empty"].map { body in
            SoakFault(kind: "status", param: "\(status)", options: [("body", body)])
        }
    }

    /// Responses that are truncated, corrupt or encoded in an unsupported way.
    static let bodies =
        [
            ("reset", nil), ("stall", "0"), ("stall", nil), ("slow", "200"), ("delay", "2000ms"),
            ("truncate", "json"), ("truncate", "connection"), ("html", nil), ("success_false", nil),
            ("endless_body", nil), ("garbage_gzip", nil), ("gzip", "truncated"), ("gzip", "corrupted"),
            ("gzip", "bomb"), ("gzip", "whole"), ("encoding", "br"), ("encoding", "zstd"),
            ("encoding", "x-unknown"), ("redirect", "301"), ("redirect", "302"), ("redirect", "308"),
        ].map { SoakFault(kind: $0.0, param: $0.1) } + [
            SoakFault(kind: "header", param: "X-Large", options: [("bytes", "70000")])
        ]

    /// Unusual or wrong encodings of correct data.
    static let encodings =
        [
            "cursor_loop", "cursor_endless", "repeat_pages", "shift_pages", "shuffle", "duplicate_items",
            "numbers_float", "numbers_exponent", "extra_fields", "null_cursor", "empty_cursor",
            "missing_optional", "invalid_utf8", "deep_json", "huge_numbers", "negative_numbers",
        ].map { SoakFault(kind: $0) }

    /// Faults of the list of connectors.
    static let connectorLists = ["vanish", "duplicate_connectors", "strange_connectors"].map {
        SoakFault(kind: $0)
    }

    /// Unusual or wrong snapshots.
    static let snapshots = [
        "null_numbers", "wrong_types", "nan_text", "missing_some", "several_snapshots", "bad_times",
        "unknown_states", "long_names", "many_interfaces", "many_leases", "many_routes", "no_snapshot_404",
    ].map { SoakFault(kind: $0) }

    /// `Ratelimit` fields that are malformed or out of range.
    static let limits = [
        #""default";r=0;t=1"#, #""default";r=0;t=99999999999"#, #""default";r=-5;t=-5"#, "garbage;;;=,",
        #""a";r=5;t=0, "b";r=18446744073709551616;t=1"#, #"";r=1"#,
    ].map { SoakFault(kind: "header", param: "Ratelimit", options: [("value", $0)]) }

    /// Short blocks of the token.
    static let refusals = ["json", "html", "empty"].flatMap { body in
        ["0", "1", "date+1"].map { wait in
            SoakFault(kind: "status", param: "429", options: [("body", body), ("retry_after", wait)])
        }
    }

    /// Faults for single events and `latest`.
    static let ofPayloads =
        statuses.filter { ["403", "404", "500"].contains($0.param) } + bodies
        + encodings.filter { !$0.kind.contains("cursor") && !$0.kind.contains("pages") }

    /// Faults for any request.
    static let anywhere = statuses + bodies + encodings + snapshots + limits + refusals
}
