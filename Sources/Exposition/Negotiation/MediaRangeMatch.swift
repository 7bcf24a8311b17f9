// SPDX-License-Identifier: Apache-2.0

/// The most specific media range of a request that matches a variant.
///
/// Source: RFC 9110, section 12.5.1: "The most specific reference has precedence".
struct MediaRangeMatch {
    /// The quality value in thousandths.
    ///
    /// 0 means "not acceptable".
    let weight: Int

    /// The value of the range's `escaping` parameter, or `nil` if it is absent or unknown.
    let escaping: Escaping.Scheme?

    /// Whether the range names the media type without a wildcard.
    private let isExact: Bool

    /// The index of the range in the header.
    private let position: Int

    /// Creates the match, or returns `nil` if no range matches the variant.
    init?(_ variant: MediaTypeVariant, ranges: [QualityItem]) {
        var found: (item: QualityItem, specificity: Int, position: Int)?
        for (position, item) in ranges.enumerated() {
            guard let specificity = Self.specificity(of: item, for: variant) else { continue }
            if let found, found.specificity >= specificity { continue }
            found = (item, specificity, position)
        }
        guard let found else { return nil }
        weight = found.item.weight
        escaping = found.item.parameter("escaping").flatMap(Escaping.Scheme.init)
        isExact = found.specificity >= 2
        position = found.position
    }

    func isPreferred(over other: MediaRangeMatch) -> Bool {
        if weight != other.weight { return weight > other.weight }
        if isExact != other.isExact { return isExact }
        return position < other.position
    }

    /// Returns the specificity of a range for a variant, or `nil` if the range does not match it.
    ///
    /// Only `version` distinguishes variants; `charset` and `escaping` do not.
    private static func specificity(of item: QualityItem, for variant: MediaTypeVariant) -> Int? {
        guard let range = variant.ranges.first(where: { $0.range == item.value }) else { return nil }
        guard let version = item.parameter("version") else { return range.specificity }
        return version == variant.version ? range.specificity + 1 : nil
    }
}
