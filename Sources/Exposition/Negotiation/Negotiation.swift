// SPDX-License-Identifier: Apache-2.0

/// Content negotiation: the choice of format and content coding from the request's headers.
///
/// Any header is accepted, in time proportional to its length.
package enum Negotiation {
    /// Returns the format of the response and its `Content-Type`.
    ///
    /// The variant with the highest weight wins. Among equal weights, a variant named exactly precedes one that a
    /// wildcard matches, then the one that the header lists first, then text 0.0.4. If nothing matches, the result is
    /// text 0.0.4 rather than a 406, because a readable scrape is more useful than an error.
    ///
    /// - Parameter accept: the value of `Accept`, with several lines joined by commas, or `nil`.
    /// - Returns: the format, and the media type that names it.
    ///
    /// Source: RFC 9110, section 12.5.1; Prometheus, "Scrape protocol content negotiation": "PrometheusText0.0.4 as a
    /// last resort".
    package static func format(accept: String?) -> (format: ExpositionFormat, contentType: String) {
        let ranges = accept.map(QualityItem.list) ?? []
        var best: (variant: MediaTypeVariant, match: MediaRangeMatch)?
        for variant in MediaTypeVariant.allCases {
            guard let match = MediaRangeMatch(variant, ranges: ranges), match.weight > 0 else {
                continue
            }
            if let current = best?.match, !match.isPreferred(over: current) { continue }
            best = (variant, match)
        }
        guard let best else { return (.text004, ExpositionFormat.text004.contentType) }
        return (best.variant.format, best.variant.contentType(escaping: best.match.escaping))
    }

    /// Returns whether the client accepts gzip and does not prefer an uncompressed response.
    ///
    /// - Parameter acceptEncoding: the value of `Accept-Encoding`, with several lines joined by commas, or `nil`.
    /// - Returns: whether to send gzip.
    ///
    /// Source: RFC 9110, section 12.5.3: a named coding precedes `*`, weight 0 means "not acceptable", `x-gzip` is an
    /// alias of `gzip`. Without the header the response is not compressed.
    package static func acceptsGzip(_ acceptEncoding: String?) -> Bool {
        let codings = acceptEncoding.map(QualityItem.list) ?? []
        let named = codings.first { $0.value == "gzip" || $0.value == "x-gzip" }
        guard let gzip = named ?? codings.first(where: { $0.value == "*" }) else { return false }
        let identity = codings.first { $0.value == "identity" }?.weight ?? 0
        return gzip.weight > 0 && gzip.weight >= identity
    }
}
