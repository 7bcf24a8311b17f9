// SPDX-License-Identifier: Apache-2.0

/// The requirement for client certificates.
///
/// The raw values are those of Go's `crypto/tls`.
package enum ClientAuthentication: String, Sendable, Hashable, CaseIterable {
    case none = "NoClientCert"
    case request = "RequestClientCert"
    case requireAny = "RequireAnyClientCert"
    /// A certificate is requested. If the client sends one, a client CA must have signed it.
    case verifyIfGiven = "VerifyClientCertIfGiven"
    /// A certificate is required, and a client CA must have signed it.
    case requireAndVerify = "RequireAndVerifyClientCert"

    /// Returns the requirement with a name in the configuration; the empty name means `none`.
    ///
    /// `RequireClientCert` is a former name of `RequireAnyClientCert` that exporter-toolkit still accepts.
    ///
    /// - Returns: `nil` if the name is unknown.
    package static func named(_ name: String) -> ClientAuthentication? {
        switch name {
        case "": ClientAuthentication.none
        case "RequireClientCert": .requireAny
        default: ClientAuthentication(rawValue: name)
        }
    }

    /// Whether a client without a certificate is rejected.
    var requiresCertificate: Bool { self == .requireAny || self == .requireAndVerify }

    /// Whether a client CA must have signed the certificate.
    var verifiesChain: Bool { self == .verifyIfGiven || self == .requireAndVerify }
}
