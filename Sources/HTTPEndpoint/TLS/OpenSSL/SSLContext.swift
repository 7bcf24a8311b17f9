// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// Sole owner of OpenSSL's `SSL_CTX`, from which all TLS sessions are created.
@safe struct SSLContext: ~Copyable {
    /// OpenSSL's `SSL_CTX`, valid for the lifetime of this value.
    let pointer: OpaquePointer

    /// Creates a server context without a certificate.
    ///
    /// - Throws: an error if OpenSSL is out of memory or misconfigured on this machine.
    init() throws(EndpointError) {
        OpenSSLErrors.clear()
        guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw EndpointError(
                "cannot initialize TLS: \(OpenSSLErrors.takeReasons()); check the OpenSSL configuration"
            )
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// Creates the TLS state of one connection.
    ///
    /// The corresponding C function is `SSL_new(3)`.
    ///
    /// - Returns: the address of an `SSL`, which the caller owns; `nil` if OpenSSL is out of memory.
    func makeSession() -> UInt? { unsafe SSL_new(pointer).map { UInt(bitPattern: $0) } }

    /// The maximum size of a client's certificate message, which holds its whole chain.
    ///
    /// A chain of four certificates with RSA keys of 4,096 bits has 8 KiB.
    private static let certificateBytes = 32 << 10

    /// Sets the session options, which bound the cost of a connection.
    borrowing func applyOptions(_ settings: TLSSettings) {
        var options = clibssl_no_renegotiation | clibssl_no_compression
        if settings.prefersServerCiphers { options |= clibssl_server_preference }
        // OpenSSL does not verify the certificate of a resumed session again. Without resumption an expired client
        // certificate is rejected on the next connection, as in Go.
        if settings.clientAuthentication != .none {
            options |= clibssl_no_ticket
            unsafe SSL_CTX_set_num_tickets(pointer, 0)
        }
        unsafe SSL_CTX_set_options(pointer, options)
        // Tickets hold the session state. A server-side cache would hold up to 20,480 sessions.
        unsafe clibssl_disable_session_cache(pointer)
        // PARTIAL_WRITE: a write returns after each record, so that a large response does not delay other clients.
        // MOVING_WRITE_BUFFER: a repeated write may pass another address, because chunks are copied into a new record.
        // RELEASE_BUFFERS: an idle connection holds no 16 KB buffers.
        unsafe clibssl_add_mode(
            pointer,
            Int(
                SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
            )
        )
        // AUTO_RETRY, a default, would process records without application data until the socket is empty. A client that
        // sends key updates without end would then block all others.
        unsafe clibssl_clear_mode(pointer, Int(SSL_MODE_AUTO_RETRY))
        unsafe clibssl_set_certificate_limit(pointer, Self.certificateBytes)
        // No ticket allows early data, so that no client may send any. OpenSSL would skip 16 KiB of it.
        unsafe SSL_CTX_set_max_early_data(pointer, 0)
        unsafe SSL_CTX_set_recv_max_early_data(pointer, 0)
        unsafe SSL_CTX_set_alpn_select_cb(pointer, selectHTTP11, nil)
    }
}

/// Selects `http/1.1` among the protocols that a client offers, and rejects other offers (RFC 7301, 3.2).
private let selectHTTP11: SSL_CTX_alpn_select_cb_func = { _, chosen, length, offered, offeredLength, _ in
    guard let chosen = unsafe chosen, let length = unsafe length, let offered = unsafe offered else {
        return SSL_TLSEXT_ERR_NOACK
    }
    let offers = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredLength))
    var start = 0
    while start < offers.count {
        let end = start + 1 + Int(unsafe offers[start])
        guard end <= offers.count else { break }
        let name = unsafe UnsafeBufferPointer(rebasing: offers[start + 1..<end])
        if unsafe name.elementsEqual("http/1.1".utf8) {
            // It points into the client's message. OpenSSL copies the name before it frees the message.
            unsafe chosen.pointee = name.baseAddress
            unsafe length.pointee = UInt8(name.count)
            return SSL_TLSEXT_ERR_OK
        }
        start = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
