// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// Sole owner of an OpenSSL certificate.
@safe struct X509Certificate: ~Copyable {
    /// OpenSSL's `X509`, valid for the lifetime of this value.
    let pointer: OpaquePointer

    private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe X509_free(pointer) }

    /// Returns OpenSSL's `X509`, which the caller must free.
    consuming func release() -> OpaquePointer {
        let pointer = unsafe pointer
        discard self
        return unsafe pointer
    }

    /// Calls a closure with each certificate of a PEM text, in order.
    ///
    /// Other content is skipped, as in Go.
    ///
    /// - Returns: the number of certificates.
    /// - Throws: an error with the source of the text if a certificate cannot be read; errors of `body`.
    static func forEach(
        in text: TLSSettings.PEM,
        _ body: (consuming X509Certificate) throws(EndpointError) -> Void
    ) throws(EndpointError) -> Int {
        try unsafe text.withBIO { source throws(EndpointError) in
            var count = 0
            OpenSSLErrors.clear()
            while let pointer = unsafe PEM_read_bio_X509(source, nil, nil, nil) {
                try body(unsafe X509Certificate(adopting: pointer))
                count += 1
            }
            let isAtEnd = OpenSSLErrors.newestIs(PEM_R_NO_START_LINE, of: ERR_LIB_PEM)
            let reason = OpenSSLErrors.takeReasons()
            guard isAtEnd else {
                throw EndpointError(
                    "\(text.source): cannot read certificate \(count + 1): \(reason); replace it by a valid PEM certificate"
                )
            }
            return count
        }
    }
}

extension TLSSettings.PEM {
    /// Calls a closure with an OpenSSL `BIO` that reads the text.
    ///
    /// The corresponding C function is `BIO_new_mem_buf(3)`.
    ///
    /// - Parameter body: receives the `BIO`, which is valid until it returns.
    /// - Returns: the result of `body`.
    /// - Throws: an error if OpenSSL is out of memory; errors of `body`.
    func withBIO<Result>(
        _ body: (OpaquePointer) throws(EndpointError) -> Result
    ) throws(EndpointError) -> Result {
        try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(EndpointError) in
            guard let length = Int32(exactly: bytes.count),
                let stream = unsafe BIO_new_mem_buf(bytes.baseAddress, length)
            else { throw EndpointError("\(source): out of memory") }
            defer { unsafe BIO_free(stream) }
            return try unsafe body(stream)
        }
    }
}
