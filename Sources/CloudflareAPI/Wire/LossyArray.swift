// SPDX-License-Identifier: Apache-2.0

/// A list that skips its malformed elements.
struct LossyArray<Element: Decodable & Sendable>: Decodable, Sendable {
    /// The well-formed elements, in their order.
    let elements: [Element]

    /// The number of malformed elements.
    let malformed: Int

    init(from decoder: any Decoder) throws {
        let items = try decoder.singleValueContainer().decode([Item].self)
        elements = items.compactMap(\.value)
        malformed = items.count - elements.count
    }

    private struct Item: Decodable {
        let value: Element?
        init(from decoder: any Decoder) { value = try? Element(from: decoder) }
    }
}
