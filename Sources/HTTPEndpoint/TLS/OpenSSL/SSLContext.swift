// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// Sole owner of OpenSSL's `SSL_CTX`, which every TLS connection is made from.
@safe struct SSLContext: ~Copyable {
    /// OpenSSL's `SSL_CTX`, valid as long as this value lives.
    let pointer: OpaquePointer

    /// Makes a context of a server that has no certificate yet.
    ///
    /// - Throws: where OpenSSL has no memory, or is set up wrongly on this machine.
    init() throws(EndpointError) {
        OpenSSLErrors.clear()
        guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw EndpointError("TLS cannot be used: \(OpenSSLErrors.take()).")
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// Makes the state of one connection.
    ///
    /// The corresponding C function is `SSL_new(3)`.
    ///
    /// - Returns: the address of an `SSL` that belongs to the caller; `nil` where there is no memory.
    func makeSession() -> UInt? { unsafe SSL_new(pointer).map { UInt(bitPattern: $0) } }

    /// Sets what clients may do, and what a connection costs.
    borrowing func behave(_ settings: TLSSettings) {
        var options = clibssl_no_renegotiation | clibssl_no_compression
        if settings.prefersServerCiphers { options |= clibssl_server_preference }
        // A resumed session is not verified again: with client certificates each connection begins from nothing, so
        // that one which has expired is refused from then on, as in Go.
        if settings.clientAuthentication != .none {
            options |= clibssl_no_ticket
            unsafe SSL_CTX_set_num_tickets(pointer, 0)
        }
        unsafe SSL_CTX_set_options(pointer, options)
        // A ticket holds the session itself; a cache here would hold up to 20,480 of them.
        unsafe clibssl_turn_session_cache_off(pointer)
        // A write ends after each record, so that one client's megabyte holds nobody up; what is tried again may
        // have moved, since the response lends its bytes anew; and an idle connection keeps no 16 KB buffers.
        unsafe clibssl_add_mode(
            pointer,
            Int(
                SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
            )
        )
        unsafe SSL_CTX_set_alpn_select_cb(pointer, selectHTTP11, nil)
    }
}

/// Chooses `http/1.1` out of what a client offers (RFC 7301, 3.2), and refuses a client that does not offer it.
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
            // OpenSSL copies it before the client's message, in which it lies, goes away.
            unsafe chosen.pointee = name.baseAddress
            unsafe length.pointee = UInt8(name.count)
            return SSL_TLSEXT_ERR_OK
        }
        start = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
