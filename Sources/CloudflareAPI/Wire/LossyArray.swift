// SPDX-License-Identifier: Apache-2.0

/// A list whose elements are read one by one: one that cannot be read never loses the others.
struct LossyArray<Element: Decodable & Sendable>: Decodable, Sendable {
    /// The elements that could be read, in their order.
    let elements: [Element]

    /// How many could not be read.
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
