// SPDX-License-Identifier: Apache-2.0

/// A fault in the content of an otherwise correct response.
package enum ContentFault: String, Sendable, Hashable, CaseIterable {
    case cursorLoop = "cursor_loop"
    /// Every page has a new cursor, even after the last event.
    case cursorEndless = "cursor_endless"
    /// Every page is returned twice in a row.
    case repeatPages = "repeat_pages"
    /// Pages shift during paging: the next page starts up to three events too early or too late.
    case shiftPages = "shift_pages"
    /// The items of a page are in random order.
    case shuffle
    /// Some items of a page occur twice.
    case duplicateItems = "duplicate_items"
    /// Numbers are written as `1700000000.0`.
    case numbersFloat = "numbers_float"
    /// Numbers are written as `1.7e9`.
    case numbersExponent = "numbers_exponent"
    /// Every object has undocumented fields.
    case extraFields = "extra_fields"
    /// The last page has `"cursor": null`.
    case nullCursor = "null_cursor"
    /// The last page has `"cursor": ""`.
    case emptyCursor = "empty_cursor"
    /// Optional fields are absent.
    case missingOptional = "missing_optional"
    /// A message contains bytes that are not UTF-8.
    case invalidUTF8 = "invalid_utf8"
    /// A field contains arrays that are nested 100,000 levels deep.
    case deepJSON = "deep_json"
    /// A list has further items whose numbers exceed every integer type; a single event has such numbers itself.
    case hugeNumbers = "huge_numbers"
    /// A list has further items with negative numbers; a single event has such numbers itself.
    case negativeNumbers = "negative_numbers"
    /// One connector is missing from the list: the configured one, or the first.
    case vanish
    /// The configured connector, or every connector, is listed twice.
    case duplicateConnectors = "duplicate_connectors"
    /// The list has further connectors with invalid identifiers.
    case strangeConnectors = "strange_connectors"

    /// The kinds of routes whose responses can have the fault.
    var routes: Set<RouteKind> {
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
