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
    /// Some items of a page occur twice; in a snapshot, the first item of every array.
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
    /// Optional fields are absent; of a snapshot, only six fields remain.
    case missingOptional = "missing_optional"
    /// A message contains bytes that are not UTF-8.
    case invalidUTF8 = "invalid_utf8"
    /// A field contains arrays that are nested 100,000 levels deep.
    case deepJSON = "deep_json"
    /// A list has further items whose numbers exceed every integer type; a single event and a snapshot have such numbers
    /// themselves.
    case hugeNumbers = "huge_numbers"
    /// A list has further items with negative numbers; a single event and a snapshot have such numbers themselves.
    case negativeNumbers = "negative_numbers"
    /// One connector is missing from the list: the configured one, or the first.
    case vanish
    /// The configured connector, or every connector, is listed twice.
    case duplicateConnectors = "duplicate_connectors"
    /// The list has further connectors with invalid identifiers.
    case strangeConnectors = "strange_connectors"

    /// Random numbers of a snapshot are null.
    case nullNumbers = "null_numbers"
    /// Random fields of a snapshot have another type: `"12"`, `{}`, `[]` or `true`.
    case wrongTypes = "wrong_types"
    /// Random numbers of a snapshot are texts: `"NaN"`, `"Infinity"`, `"-inf"`.
    case nanText = "nan_text"
    /// Random optional fields of a snapshot are absent, at every level.
    case missingSome = "missing_some"
    /// The newest snapshots come together, up to five, in random order.
    case severalSnapshots = "several_snapshots"
    /// Further snapshots follow, whose `t` is absent, of another type or out of range.
    case badTimes = "bad_times"
    /// The states of a snapshot have undocumented names and numbers.
    case unknownStates = "unknown_states"
    /// All names in a snapshot have 10,000 bytes.
    case longNames = "long_names"
    /// A snapshot has 500 further ports and devices.
    case manyInterfaces = "many_interfaces"
    /// A snapshot has 10,000 further DHCP leases.
    case manyLeases = "many_leases"
    /// A snapshot has 10,000 further routes.
    case manyRoutes = "many_routes"
    /// A box that has never reported has no newest snapshot: status 404, instead of an empty list.
    case noSnapshot404 = "no_snapshot_404"

    /// The kinds of routes whose responses can have the fault.
    var routes: Set<RouteKind> {
        switch self {
        case .cursorLoop, .cursorEndless, .repeatPages, .shiftPages, .nullCursor, .emptyCursor:
            [.events, .snapshots]
        case .shuffle: [.events, .latest, .snapshots]
        case .duplicateItems: [.events, .latest, .snapshots, .snapshot, .snapshotsLatest]
        case .numbersFloat, .numbersExponent, .hugeNumbers, .negativeNumbers:
            [.events, .event, .latest, .snapshots, .snapshot, .snapshotsLatest]
        case .nullNumbers, .wrongTypes, .nanText, .missingSome, .unknownStates, .longNames, .manyInterfaces,
            .manyLeases, .manyRoutes:
            [.snapshot, .snapshotsLatest]
        case .severalSnapshots, .badTimes, .noSnapshot404: [.snapshotsLatest]
        case .vanish, .duplicateConnectors, .strangeConnectors: [.connectors]
        case .extraFields, .missingOptional, .invalidUTF8, .deepJSON:
            [.connectors, .connector, .events, .event, .latest, .snapshots, .snapshot, .snapshotsLatest]
        }
    }
}
