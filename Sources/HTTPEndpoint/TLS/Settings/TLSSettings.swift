// SPDX-License-Identifier: Apache-2.0

/// The TLS settings of an endpoint.
///
/// They hold the content of files, not their paths.
///
/// The settings and their defaults are those of `tls_server_config` in Prometheus' exporter-toolkit.
///
/// Source: exporter-toolkit, docs/web-configuration.md.
package struct TLSSettings: Sendable, Hashable {
    /// The server certificate, followed by the intermediate certificates in order.
    package var certificate: PEM

    /// The unencrypted private key of the certificate.
    package var key: PEM

    /// The requirement for client certificates.
    package var clientAuthentication: ClientAuthentication = .none

    /// The certificate authorities for client certificates; `nil` means those of the system.
    package var clientCAs: PEM?

    /// The names (DNS, IP address, email, URI) of which a client certificate must have one.
    ///
    /// An empty list allows every certificate. Otherwise clients without a certificate are rejected too.
    package var allowedSANs: [String] = []

    /// The minimum TLS version.
    package var minimumVersion: TLSVersion = .tls12

    /// The maximum TLS version.
    package var maximumVersion: TLSVersion = .tls13

    /// The cipher suites up to TLS 1.2, by IANA name; an empty list means Go's defaults.
    ///
    /// The suites of TLS 1.3 are always enabled, as in Go. Listing them has no effect.
    package var cipherSuites: [String] = []

    /// The key exchange curves in order of preference; an empty list means all.
    ///
    /// The names are `CurveP256`, `CurveP384`, `CurveP521` and `X25519`.
    package var curves: [String] = []

    /// Whether the server's order of cipher suites takes precedence over the client's.
    package var prefersServerCiphers = true

    /// Creates settings without client authentication.
    package init(certificate: PEM, key: PEM) {
        self.certificate = certificate
        self.key = key
    }

    /// A PEM text and its origin.
    package struct PEM: Sendable, Hashable {
        /// The path of the file, or the configuration key, for error messages.
        package var source: String

        /// The text.
        package var bytes: [UInt8]

        /// Creates a PEM text.
        package init(source: String, bytes: [UInt8]) {
            self.source = source
            self.bytes = bytes
        }
    }
}
