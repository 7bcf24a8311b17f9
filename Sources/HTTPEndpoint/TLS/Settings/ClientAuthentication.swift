// SPDX-License-Identifier: Apache-2.0

/// Whether clients are asked for a certificate, and what it must be; the names are those of Go's `crypto/tls`.
package enum ClientAuthentication: String, Sendable, Hashable, CaseIterable {
    /// They are not.
    case none = "NoClientCert"
    /// They are asked; whatever they send is taken.
    case request = "RequestClientCert"
    /// They must send one, whoever signed it.
    case requireAny = "RequireAnyClientCert"
    /// They are asked; one that is sent must be signed by a client CA.
    case verifyIfGiven = "VerifyClientCertIfGiven"
    /// They must send one that is signed by a client CA.
    case requireAndVerify = "RequireAndVerifyClientCert"

    /// Finds the type that a configuration names; no name is `none`.
    ///
    /// - Returns: `nil` for a name that is none. `RequireClientCert` is an old name of `RequireAnyClientCert`, which
    ///   exporter-toolkit still takes.
    package static func named(_ name: String) -> ClientAuthentication? {
        switch name {
        case "": ClientAuthentication.none
        case "RequireClientCert": .requireAny
        default: ClientAuthentication(rawValue: name)
        }
    }

    /// Whether a client without a certificate is refused.
    var demandsCertificate: Bool { self == .requireAny || self == .requireAndVerify }

    /// Whether a certificate must lead to a client CA.
    var verifies: Bool { self == .verifyIfGiven || self == .requireAndVerify }
}
