// SPDX-License-Identifier: Apache-2.0

/// A key exchange curve.
///
/// The raw values are Go's names.
enum Curve: String, CaseIterable {
    case x25519 = "X25519"
    case p256 = "CurveP256"
    case p384 = "CurveP384"
    case p521 = "CurveP521"

    /// The OpenSSL name.
    var openSSLName: String {
        switch self {
        case .x25519: "X25519"
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }

    /// Converts the names of curves for OpenSSL.
    ///
    /// - Parameter names: the names from the configuration, in order of preference; an empty list means all curves in
    ///   Go's order.
    /// - Returns: the list in the format of `SSL_CTX_set1_groups_list(3)`.
    /// - Throws: an error with the supported names if a name is unknown.
    static func openSSLList(of names: [String]) throws(EndpointError) -> String {
        var curves: [Curve] = []
        for name in names {
            guard let curve = Curve(rawValue: name) else {
                let list = allCases.map(\.rawValue).joined(separator: ", ")
                throw EndpointError("curve_preferences: contains an unknown name; use some of \(list)")
            }
            if !curves.contains(curve) { curves.append(curve) }
        }
        return (curves.isEmpty ? allCases : curves).map(\.openSSLName).joined(separator: ":")
    }
}
