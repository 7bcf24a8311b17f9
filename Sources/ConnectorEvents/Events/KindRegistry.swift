// SPDX-License-Identifier: Apache-2.0

/// The names that kinds are counted under: all documented kinds, and a bounded number of others.
///
/// The API chooses the kind of an event. Without a limit, a faulty connector could create any number of series.
package struct KindRegistry: Sendable, Hashable {
    /// The most undocumented kinds with a name of their own.
    package static let maximumOtherKinds = 64

    /// The maximum length of a name, in bytes.
    package static let maximumNameLength = 64

    /// The name of all further kinds.
    package static let other = EventKind(rawValue: "other")

    private var others: Set<EventKind>

    /// Creates a registry with the names of an earlier one.
    package init(known: some Sequence<EventKind> = []) {
        others = Set(known.filter { !$0.isDocumented && $0 != Self.other })
    }

    /// Returns the name that a kind is counted under, and reserves it.
    package mutating func name(for rawKind: String) -> EventKind {
        let kind = EventKind(rawValue: rawKind)
        if kind.isDocumented { return kind }
        let name = Self.sanitized(rawKind)
        // A shortened or sanitized name may equal a documented one, but its events are of another kind.
        if name.isDocumented || name == Self.other { return Self.other }
        if others.contains(name) { return name }
        guard others.count < Self.maximumOtherKinds else { return Self.other }
        others.insert(name)
        return name
    }

    /// Returns the kind with `_` for every byte that identifiers do not contain, shortened to the maximum length.
    private static func sanitized(_ rawKind: String) -> EventKind {
        let bytes = rawKind.utf8.prefix(maximumNameLength).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return EventKind(rawValue: String(decoding: bytes, as: UTF8.self))
    }
}
