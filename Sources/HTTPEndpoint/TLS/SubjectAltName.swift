// SPDX-License-Identifier: Apache-2.0

import CLibSSL
import Foundation

/// A subject alternative name in comparable form.
///
/// Names are compared exactly, without wildcards. IP addresses are compared by value.
///
/// Source: exporter-toolkit, `client_allowed_sans`.
enum SubjectAltName: Hashable, Sendable {
    /// A DNS name, an email address or a URI.
    case text(String)
    /// An IP address: 4 or 16 bytes.
    case address([UInt8])

    /// Creates a name from its text in the configuration.
    init(configured text: String) {
        self =
            Self.bytes(of: text, family: AF_INET, count: 4) ?? Self.bytes(
                of: text,
                family: AF_INET6,
                count: 16
            )
            ?? .text(text)
    }

    /// The corresponding C function is `inet_pton(3)`.
    private static func bytes(of text: String, family: Int32, count: Int) -> SubjectAltName? {
        var bytes = [UInt8](repeating: 0, count: count)
        return unsafe inet_pton(family, text, &bytes) == 1 ? .address(bytes) : nil
    }

    /// Reads the names of a certificate.
    ///
    /// - Parameter certificate: OpenSSL's `X509`.
    /// - Returns: the names, without names of other types.
    static func all(of certificate: OpaquePointer) -> [SubjectAltName] {
        guard let names = unsafe clibssl_names(certificate) else { return [] }
        defer { unsafe GENERAL_NAMES_free(names) }
        var found: [SubjectAltName] = []
        for index in 0..<(unsafe clibssl_name_count(names)) {
            var kind: Int32 = 0
            var start: UnsafePointer<UInt8>?
            let count = unsafe clibssl_name_at(names, index, &kind, &start)
            let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
            guard !bytes.isEmpty else { continue }
            found.append(
                kind == Int32(GEN_IPADD) ? .address(bytes) : .text(String(decoding: bytes, as: UTF8.self))
            )
        }
        return found
    }
}
