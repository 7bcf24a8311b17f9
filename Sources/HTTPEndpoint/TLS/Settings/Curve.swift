// SPDX-License-Identifier: Apache-2.0

/// A group for the key exchange, by Go's name.
enum Curve: String, CaseIterable {
    case x25519 = "X25519"
    case p256 = "CurveP256"
    case p384 = "CurveP384"
    case p521 = "CurveP521"

    /// OpenSSL's name.
    var openSSLName: String {
        switch self {
        case .x25519: "X25519"
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }

    /// Finds OpenSSL's list.
    ///
    /// - Parameter names: as a configuration has them, the best first; none means all, in Go's order.
    /// - Returns: the names with colons between them, as `SSL_CTX_set1_groups_list(3)` takes them.
    /// - Throws: an error that lists the known names where one is unknown.
    static func openSSLList(of names: [String]) throws(EndpointError) -> String {
        var curves: [Curve] = []
        for name in names {
            guard let curve = Curve(rawValue: name) else {
                let list = allCases.map(\.rawValue).joined(separator: ", ")
                throw EndpointError("curve_preferences: \"\(name)\" is not known; use some of \(list).")
            }
            if !curves.contains(curve) { curves.append(curve) }
        }
        return (curves.isEmpty ? allCases : curves).map(\.openSSLName).joined(separator: ":")
    }
}
