// SPDX-License-Identifier: Apache-2.0

/// A TLS version.
///
/// The raw values are those of exporter-toolkit's `min_version` and `max_version`.
package enum TLSVersion: String, Sendable, Hashable, CaseIterable, Comparable {
    case tls10 = "TLS10"
    case tls11 = "TLS11"
    case tls12 = "TLS12"
    case tls13 = "TLS13"

    /// The version number in a handshake (RFC 8446, 4.1.2).
    var number: Int {
        switch self {
        case .tls10: 0x0301
        case .tls11: 0x0302
        case .tls12: 0x0303
        case .tls13: 0x0304
        }
    }

    package static func < (one: TLSVersion, other: TLSVersion) -> Bool { one.number < other.number }
}
