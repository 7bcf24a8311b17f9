// SPDX-License-Identifier: Apache-2.0

/// Names under which kinds are counted: all that are documented, and a bounded number of others.
///
/// The kind of an event is a string that somebody else chose. Counted under its own name it is worth most;
/// without a bound it would let one broken connector fill a Prometheus server with series.
package struct KindRegistry: Sendable, Hashable {
    /// How many kinds beyond the documented ones are counted under their own names.
    package static let bound = 64

    /// The longest name, in bytes.
    package static let longest = 64

    /// What all further kinds are counted as.
    package static let other = EventKind(rawValue: "other")

    private var others: Set<EventKind>

    /// Goes on from the names that were given before.
    package init(known: some Sequence<EventKind> = []) {
        others = Set(known.filter { !$0.isDocumented && $0 != Self.other })
    }

    /// The kind that an event is counted as.
    package mutating func name(for wireKind: String) -> EventKind {
        let kind = EventKind(rawValue: wireKind)
        if kind.isDocumented { return kind }
        let name = Self.sanitized(wireKind)
        // A stranger must not be taken for a documented kind because its name was cut or cleaned.
        if name.isDocumented || name == Self.other { return Self.other }
        if others.contains(name) { return name }
        guard others.count < Self.bound else { return Self.other }
        others.insert(name)
        return name
    }

    /// The name with every byte that does not belong in an identifier as `_`, and cut to the longest.
    private static func sanitized(_ wireKind: String) -> EventKind {
        let bytes = wireKind.utf8.prefix(longest).map { byte -> UInt8 in
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
