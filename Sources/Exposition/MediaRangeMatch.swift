// SPDX-License-Identifier: Apache-2.0

/// How well a representation fits the media ranges of a request: by the most exact of those that mean it.
///
/// Source: RFC 9110, section 12.5.1: "The most specific reference has precedence".
struct MediaRangeMatch {
    /// In thousandths; 0 forbids.
    let weight: Int

    /// The scheme by which the range wants names escaped; `nil` where it says none that is known.
    let escaping: Escaping.Scheme?

    /// Whether no wildcard was needed.
    private let isExact: Bool

    /// Where the range stands in the header.
    private let position: Int

    /// Finds the range, or `nil` where no range means the representation.
    init?(_ representation: MediaTypeVariant, ranges: [QualityItem]) {
        var found: (item: QualityItem, specificity: Int, position: Int)?
        for (position, item) in ranges.enumerated() {
            guard let specificity = Self.specificity(of: item, for: representation) else { continue }
            if let found, found.specificity >= specificity { continue }
            found = (item, specificity, position)
        }
        guard let found else { return nil }
        weight = found.item.weight
        escaping = found.item.parameter("escaping").flatMap(Escaping.Scheme.init)
        isExact = found.specificity >= 2
        position = found.position
    }

    /// Whether another match is the better one.
    func yields(to other: MediaRangeMatch) -> Bool {
        if weight != other.weight { return weight < other.weight }
        if isExact != other.isExact { return other.isExact }
        return position > other.position
    }

    /// How exactly a range names a representation, or `nil` where it means another.
    ///
    /// A version is part of the name. Other parameters (`charset`, `escaping`) ask for nothing that differs here.
    private static func specificity(of item: QualityItem, for representation: MediaTypeVariant) -> Int? {
        guard let range = representation.ranges.first(where: { $0.range == item.value }) else { return nil }
        guard let version = item.parameter("version") else { return range.specificity }
        return version == representation.version ? range.specificity + 1 : nil
    }
}
