// SPDX-License-Identifier: Apache-2.0

import Exposition

/// Every `Accept` header selects an existing format with a standard media type.
enum AcceptTarget {
    private static let contentTypes: Set<String> = {
        let schemes = ["allow-utf-8", "underscores", "dots", "values"].map { "; escaping=\($0)" }
        let types = [
            "text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0",
            "application/openmetrics-text; version=0.0.1",
        ]
        return Set(
            types.flatMap { type in ([""] + schemes).map { "\(type); charset=utf-8\($0)" } }
                + schemes.map { "text/plain; version=1.0.0; charset=utf-8\($0)" }
        )
    }()

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let header = String(decoding: input, as: UTF8.self)
        let (format, contentType) = Negotiation.format(accept: header)
        try FuzzFinding.require(contentTypes.contains(contentType), "the Content-Type \(contentType)")
        try FuzzFinding.require(
            contentType.hasPrefix("text/plain") == (format == .text004),
            "\(format) is sent as \(contentType)"
        )
        // An empty first member does not change a list (RFC 9110, 5.6.1.2), unless the list becomes too long.
        if header.utf8.count < 8000 {
            try FuzzFinding.require(
                Negotiation.format(accept: ", " + header) == (format, contentType),
                "an empty member in front makes a difference"
            )
            try FuzzFinding.require(
                Negotiation.acceptsGzip(", " + header) == Negotiation.acceptsGzip(header),
                "an empty member in front makes a difference for gzip"
            )
        }
    }
}
