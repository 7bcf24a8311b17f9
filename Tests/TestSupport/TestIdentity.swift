// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A certificate and its key as PEM files, created by `openssl`.
package struct TestIdentity: Sendable {
    /// The path of the certificate.
    package let certificate: String

    /// The path of the key.
    package let key: String

    /// Creates an identity from existing files.
    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Creates an elliptic-curve key and a certificate for it.
    ///
    /// - Parameters:
    ///   - name: of the files, and the certificate's common name.
    ///   - directory: takes the files.
    ///   - names: the certificate's subjectAltName, like `IP:127.0.0.1`.
    ///   - issuer: the signer; the certificate is self-signed if `nil`.
    ///   - environment: variables for `openssl`, like `NAME=value`.
    /// - Throws: if `openssl` is missing or fails.
    package init(
        _ name: String,
        in directory: String,
        names: String? = nil,
        signedBy issuer: TestIdentity? = nil,
        environment: [String] = []
    ) async throws {
        certificate = "\(directory)/\(name).pem"
        key = "\(directory)/\(name).key"
        var arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", key, "-out", certificate, "-subj", "/CN=\(name)",
            "-days", "2",
        ]
        if let names { arguments += ["-addext", "subjectAltName=\(names)"] }
        if let issuer { arguments += ["-CA", issuer.certificate, "-CAkey", issuer.key] }
        _ = try await ChildProcess(["env"] + environment + arguments).readToEnd()
        guard FileManager.default.fileExists(atPath: certificate) else {
            throw OpenSSLError(description: "openssl has made no certificate: \(arguments)")
        }
    }
}
