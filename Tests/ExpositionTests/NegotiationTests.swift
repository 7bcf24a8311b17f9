// SPDX-License-Identifier: Apache-2.0

import Exposition
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct NegotiationTests {
    private static let text = "text/plain; version=0.0.4; charset=utf-8"
    private static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    private static let escaped = openMetrics + "; escaping=allow-utf-8"
    private static let text100 = "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
    private static let draft = "application/openmetrics-text; version=0.0.1; charset=utf-8"

    /// The exact headers of Prometheus servers.
    private static let prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;"
        + "version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,"
        + "*/*;q=0.1"
    /// The header of Prometheus 3 if only text formats are configured.
    private static let prometheus3Text =
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    private static let protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.5,"
        + "application/openmetrics-text;version=1.0.0;escaping=allow-utf8;q=0.4,application/openmetrics-text;"
        + "version=0.0.1;q=0.3,text/plain;version=1.0.0;escaping=allow-utf8;q=0.2,text/plain;version=0.0.4;q=0.1,/;q=0.0"
    private static let prometheus2 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    private static let prometheus230 =
        "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    private static let browser =
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

    @Test(
        arguments: [
            (prometheus3, escaped),
            (protobuf, openMetrics),
            (prometheus2, openMetrics),
            (prometheus230, draft),
            (browser, text),
            (nil, text),
            ("", text),
            ("*/*", text),
            ("text/plain", text),
            ("text/*", text),
            ("application/*", text),
            ("text/html", text),
            ("application/json;q=1", text),
            ("application/openmetrics-text", openMetrics),
            ("Application/OpenMetrics-Text; Version=1.0.0", openMetrics),
            ("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", openMetrics),
            ("application/openmetrics-text;version=0.0.1", draft),
            ("application/openmetrics-text;version=2.0.0", text),
            (prometheus3Text, text100.replacing("underscores", with: "allow-utf-8")),
            // A known scheme is repeated; no other text of the client is.
            ("application/openmetrics-text;version=1.0.0;escaping=dots", openMetrics + "; escaping=dots"),
            ("application/openmetrics-text;version=1.0.0;escaping=values", openMetrics + "; escaping=values"),
            (
                "application/openmetrics-text;version=1.0.0;escaping=underscores",
                openMetrics + "; escaping=underscores"
            ),
            ("application/openmetrics-text;escaping=\"x\r\ninjected: 1\"", openMetrics),
            ("application/openmetrics-text;version=1.0.0;escaping=allow-utf8", openMetrics),
            ("application/openmetrics-text;version=0.0.1;escaping=dots", draft + "; escaping=dots"),
            ("text/plain;version=0.0.4;escaping=allow-utf-8", text + "; escaping=allow-utf-8"),
            ("text/plain;version=1.0.0", text100),
            ("text/plain;version=1.0.0,application/openmetrics-text;q=0.1", text100),
            ("text/plain;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.6", text),
            // Weights.
            ("application/openmetrics-text;q=0.3,text/plain;q=0.5", text),
            ("application/openmetrics-text;q=0.501,text/plain;q=0.5", openMetrics),
            ("text/plain;q=0.5 , application/openmetrics-text ; q=0.9", openMetrics),
            ("application/openmetrics-text;q=0", text),
            ("application/openmetrics-text;version=1.0.0;q=0,application/openmetrics-text", draft),
            ("*/*,application/openmetrics-text;q=0.5", text),
            ("*/*;q=0.9,text/plain;q=0.1", openMetrics),
            ("text/plain;q=0,*/*", openMetrics),
            // Equal weights: named types precede wildcards, then the header's order decides.
            ("application/openmetrics-text,text/plain", openMetrics),
            ("text/plain,application/openmetrics-text", text),
            ("application/openmetrics-text,text/plain;version=0.0.4", openMetrics),
            ("*/*,application/openmetrics-text", openMetrics),
            // Malformed members are skipped.
            ("application/openmetrics-text;q=2", text),
            ("application/openmetrics-text;q=high,text/plain", text),
            ("application/openmetrics-text;q=", text),
            ("application/openmetrics-text;version", text),
            ("application/openmetrics-text version=1.0.0", text),
            ("\u{1},;;,,=,\"application/openmetrics-text", text),
            (";;;,application/openmetrics-text;;q=1;", openMetrics),
            ("text/html;a=\"x,application/openmetrics-text,\",text/plain", text),
            ("text/html;a=\"\\\",\",application/openmetrics-text", openMetrics),
            (String(repeating: "a,", count: 5000) + "application/openmetrics-text", text),
        ] as [(String?, String)]
    )
    func `chooses the content type for an Accept header`(accept: String?, contentType: String) {
        let result = Negotiation.format(accept: accept)
        #expect(result.contentType == contentType)
        #expect(result.format == (contentType.hasPrefix("text/") ? .text004 : .openMetrics100))
    }

    @Test(
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("x-gzip", true), ("deflate", false),
            ("gzip, deflate, br", true), ("br;q=1.0, gzip;q=0.8, *;q=0.1", true), ("gzip;q=0", false),
            ("gzip;q=0.000", false), ("gzip;q=0.001", true), ("*", true), ("*;q=0", false),
            ("gzip;q=0,*", false),
            ("*;q=0,gzip", true), ("identity", false), ("identity;q=1,gzip;q=0.5", false),
            ("identity;q=0.5,gzip", true),
            ("identity,gzip", true), ("gzip;q=1.1", false), ("gzip;q=1.000", true), ("gzipped", false),
            ("gzip/x", false),
            // No other coding is supported, so a client that refuses all gets an uncompressed body.
            ("identity;q=0", false), ("identity;q=0,gzip;q=0", false), ("*;q=0,identity;q=0", false),
            ("identity;q=0,*", true), ("identity;q=0,gzip;q=0.001", true),
            (" \t gzip \t ; \t q=1 ", true), ("deflate,,gzip", true), ("\"gzip\"", false),
        ] as [(String?, Bool)]
    )
    func `sends gzip if the client accepts it`(acceptEncoding: String?, expected: Bool) {
        #expect(Negotiation.acceptsGzip(acceptEncoding) == expected)
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `returns only known content types for random headers`(seed: UInt64) {
        let schemes = ["", "; escaping=allow-utf-8", "; escaping=dots"]
        let known = Set(
            [Self.text, Self.openMetrics, Self.draft].flatMap { type in schemes.map { type + $0 } }
                + [Self.text100, Self.text100.replacing("underscores", with: "dots")]
        )
        let words = [
            "application/openmetrics-text", "text/plain", "*/*", "text/*", "gzip", "*", "identity", ";", ",",
            "=", "\"",
            "\\", "q=", "q", "0.5", "1", "0", "version=", "1.0.0", "0.0.4", "0.0.1", "escaping=", "dots", " ",
            "\t",
            "\0", "é", "/",
        ]
        var generator = SeededRandom(seed: seed)
        for _ in 0..<5000 {
            let header = (0..<Int.random(in: 0...40, using: &generator))
                .map { _ in words.randomElement(using: &generator) ?? "" }.joined()
            #expect(
                known.contains(Negotiation.format(accept: header).contentType),
                "seed \(seed): \(header)"
            )
            _ = Negotiation.acceptsGzip(header)
        }
    }

    @Test func `ignores headers longer than 8 KiB`() {
        for piece in [",", "\"", "\\\"", ";", "a;q=1,", "text/plain;a=\"", "*/*,"] {
            let header = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
            #expect(Negotiation.format(accept: header).format == .text004)
            #expect(!Negotiation.acceptsGzip(header))
        }
    }
}
