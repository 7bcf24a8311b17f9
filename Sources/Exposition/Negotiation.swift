// SPDX-License-Identifier: Apache-2.0

/// What a client is answered with, by what its request says that it reads.
///
/// Pure, in time proportional to the header, for any content.
package enum Negotiation {
    /// Chooses the format and its `Content-Type`.
    ///
    /// The representation with the highest weight wins; among equals one that is named before one that a wildcard
    /// means, then the one that is named first, then text 0.0.4. Where nothing fits, the answer is text 0.0.4 all the same: a scrape that
    /// can be read is worth more than a 406.
    ///
    /// - Parameter accept: the value of `Accept`, several lines of it joined by commas, or `nil`.
    /// - Returns: the format and the header that names it.
    ///
    /// Source: RFC 9110, section 12.5.1; Prometheus, "Scrape protocol content negotiation": "PrometheusText0.0.4 as a
    /// last resort".
    package static func dialect(accept: String?) -> (dialect: ExpositionFormat, contentType: String) {
        let ranges = accept.map(QualityItem.list) ?? []
        var best: (representation: MediaTypeVariant, match: MediaRangeMatch)?
        for representation in MediaTypeVariant.allCases {
            guard let match = MediaRangeMatch(representation, ranges: ranges), match.weight > 0 else {
                continue
            }
            if let standing = best?.match, !standing.yields(to: match) { continue }
            best = (representation, match)
        }
        guard let best else { return (.text004, ExpositionFormat.text004.contentType) }
        return (
            best.representation.dialect,
            best.representation.contentType(escaping: best.match.escaping)
        )
    }

    /// Tells whether the client reads gzip, and does not like it less than no compression.
    ///
    /// - Parameter acceptEncoding: the value of `Accept-Encoding`, several lines of it joined by commas, or `nil`.
    /// - Returns: whether to send gzip.
    ///
    /// Source: RFC 9110, section 12.5.3: a coding that is named counts before `*`, a weight of 0 means "not
    /// acceptable", `x-gzip` is gzip. Without the header anything may be sent; then it is sent plain.
    package static func acceptsGzip(_ acceptEncoding: String?) -> Bool {
        let codings = acceptEncoding.map(QualityItem.list) ?? []
        let named = codings.first { $0.value == "gzip" || $0.value == "x-gzip" }
        guard let gzip = named ?? codings.first(where: { $0.value == "*" }) else { return false }
        let identity = codings.first { $0.value == "identity" }?.weight ?? 0
        return gzip.weight > 0 && gzip.weight >= identity
    }
}
