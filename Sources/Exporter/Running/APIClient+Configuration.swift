// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport
import WireText

extension APIClient {
    /// Creates a client of the configured address.
    init(_ configuration: Configuration.API, transport: any HTTPTransport) {
        self.init(
            transport: transport,
            baseURL: configuration.baseURL,
            requestTimeout: configuration.requestTimeout.duration
        )
    }
}
