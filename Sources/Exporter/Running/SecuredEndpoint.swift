// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// An endpoint behind a web configuration that may change while it runs.
struct SecuredEndpoint: Sendable {
    let endpoint: HTTPEndpoint
    let security: WebSecurity

    /// What is guarded.
    let handler: Handler

    /// Loads the web configuration again and puts it in force whole, for the next request and the next handshake;
    /// connections stay.
    ///
    /// - Returns: what is in force now.
    /// - Throws: where it cannot be honoured whole; then what was in force still is.
    func reload() throws(ConfigurationError) -> WebConfiguration {
        let former = try security.reload()
        let current = security.configuration
        endpoint.replaceHandler(security.wrapping(handler))
        // Clients may resume the sessions of a context that stays.
        if let tls = current.tls, tls.settings != former.tls?.settings { endpoint.replaceTLS(tls.context) }
        return current
    }
}
