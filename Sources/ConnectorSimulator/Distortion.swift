// SPDX-License-Identifier: Apache-2.0

/// A right answer that is told wrongly, or in an unusual way.
package enum Distortion: String, Sendable, Hashable, CaseIterable {
    /// The same cursor for ever.
    case cursorLoop = "cursor_loop"
    /// Always a new cursor, also after the last event.
    case cursorEndless = "cursor_endless"
    /// Each page comes twice in a row.
    case repeatPages = "repeat_pages"
    /// Pages shift while they are read: the next one begins up to three events too early or too late.
    case shiftPages = "shift_pages"
    /// The items of a page in any order.
    case shuffle
    /// Some items of a page are there twice.
    case duplicateItems = "duplicate_items"
    /// `1700000000.0`
    case numbersFloat = "numbers_float"
    /// `1.7e9`
    case numbersExponent = "numbers_exponent"
    /// Fields that nobody has documented, in every object.
    case extraFields = "extra_fields"
    /// The last page says `"cursor": null`.
    case nullCursor = "null_cursor"
    /// The last page says `"cursor": ""`.
    case emptyCursor = "empty_cursor"
    /// Nothing is there that may be absent.
    case missingOptional = "missing_optional"
    /// A message holds bytes that are not UTF-8.
    case invalidUTF8 = "invalid_utf8"
    /// A field holds arrays a hundred thousand levels deep.
    case deepJSON = "deep_json"
    /// One more item, with numbers that no integer holds; for a single event, its own.
    case hugeNumbers = "huge_numbers"
    /// One more item, with negative numbers; for a single event, its own.
    case negativeNumbers = "negative_numbers"
    /// One connector is missing from the list; the first where none is named.
    case vanish
    /// The connectors of the list are there twice.
    case duplicateConnectors = "duplicate_connectors"
    /// More connectors are in the list, with ids that nobody should have.
    case strangeConnectors = "strange_connectors"

    /// Where it can be told.
    var endpoints: Set<EndpointClass> {
        switch self {
        case .cursorLoop, .cursorEndless, .repeatPages, .shiftPages, .nullCursor, .emptyCursor: [.events]
        case .shuffle, .duplicateItems: [.events, .latest]
        case .numbersFloat, .numbersExponent, .hugeNumbers, .negativeNumbers: [.events, .event, .latest]
        case .vanish, .duplicateConnectors, .strangeConnectors: [.connectors]
        case .extraFields, .missingOptional, .invalidUTF8, .deepJSON:
            [.connectors, .connector, .events, .event, .latest]
        }
    }
}
