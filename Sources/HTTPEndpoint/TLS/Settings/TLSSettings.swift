// SPDX-License-Identifier: Apache-2.0

/// What an endpoint needs to speak TLS, as values: every file has been read already.
///
/// The meaning of each is that of `tls_server_config` in Prometheus' exporter-toolkit, and the defaults are its own.
///
/// Source: exporter-toolkit, docs/web-configuration.md.
package struct TLSSettings: Sendable, Hashable {
    /// The server's certificate, and behind it those between it and the root, in their order.
    package var certificate: PEM

    /// The private key of the certificate, not encrypted.
    package var key: PEM

    /// Whether clients are asked for a certificate, and what it must be.
    package var clientAuthentication: ClientAuthentication = .none

    /// Who may have signed a client's certificate; `nil` is whomever the system trusts.
    package var clientCAs: PEM?

    /// The names (DNS, IP address, email, URI) of which a client's certificate must have one.
    ///
    /// None allows every certificate; with some, a client without a certificate is refused too.
    package var allowedSANs: [String] = []

    /// The oldest version that is spoken.
    package var minimumVersion: TLSVersion = .tls12

    /// The newest version that is spoken.
    package var maximumVersion: TLSVersion = .tls13

    /// The cipher suites up to TLS 1.2 by their IANA names, as Go writes them; none is Go's default.
    ///
    /// Those of TLS 1.3 are all on and cannot be chosen, as in Go: their names are taken and change nothing.
    package var cipherSuites: [String] = []

    /// The curves for the key exchange, the best first: `CurveP256`, `CurveP384`, `CurveP521`, `X25519`.
    ///
    /// None is all of them.
    package var curves: [String] = []

    /// Whether the order of the server's cipher suites decides, and not the client's.
    package var prefersServerCiphers = true

    /// Makes settings that ask clients for nothing.
    package init(certificate: PEM, key: PEM) {
        self.certificate = certificate
        self.key = key
    }

    /// A PEM text and where it came from.
    package struct PEM: Sendable, Hashable {
        /// For messages: the path of the file, or the key in a configuration.
        package var source: String

        /// The text.
        package var bytes: [UInt8]

        /// Takes what was read.
        package init(source: String, bytes: [UInt8]) {
            self.source = source
            self.bytes = bytes
        }
    }
}
