// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// Sole owner of a certificate in OpenSSL's form.
@safe struct X509Certificate: ~Copyable {
    /// OpenSSL's `X509`, valid as long as this value lives.
    let pointer: OpaquePointer

    private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe X509_free(pointer) }

    /// Gives OpenSSL's `X509` away, to someone who frees it.
    consuming func release() -> OpaquePointer {
        let pointer = unsafe pointer
        discard self
        return unsafe pointer
    }

    /// Reads every certificate of a PEM text, in its order; what else stands there is passed over, as Go does.
    ///
    /// - Parameters:
    ///   - text: of any number of certificates.
    ///   - body: takes each one.
    /// - Returns: how many there were.
    /// - Throws: an error that names the text where a certificate cannot be read, and what `body` throws.
    static func readAll(
        of text: TLSSettings.PEM,
        _ body: (consuming X509Certificate) throws(EndpointError) -> Void
    ) throws(EndpointError) -> Int {
        try unsafe text.lend { source throws(EndpointError) in
            var count = 0
            OpenSSLErrors.clear()
            while let pointer = unsafe PEM_read_bio_X509(source, nil, nil, nil) {
                try body(unsafe X509Certificate(adopting: pointer))
                count += 1
            }
            let isAtEnd = OpenSSLErrors.newestIs(PEM_R_NO_START_LINE, of: ERR_LIB_PEM)
            let reason = OpenSSLErrors.take()
            guard isAtEnd else {
                throw EndpointError("\(text.source): certificate \(count + 1) cannot be read: \(reason).")
            }
            return count
        }
    }
}

extension TLSSettings.PEM {
    /// Lends the text to OpenSSL as something to read from.
    ///
    /// The corresponding C function is `BIO_new_mem_buf(3)`.
    ///
    /// - Parameter body: takes a `BIO`, valid until it returns.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws.
    func lend<Result>(
        _ body: (OpaquePointer) throws(EndpointError) -> Result
    ) throws(EndpointError) -> Result {
        try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(EndpointError) in
            guard let length = Int32(exactly: bytes.count),
                let stream = unsafe BIO_new_mem_buf(bytes.baseAddress, length)
            else { throw EndpointError("\(source): it cannot be read: there is no memory for it.") }
            defer { unsafe BIO_free(stream) }
            return try unsafe body(stream)
        }
    }
}
