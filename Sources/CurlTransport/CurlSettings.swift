// SPDX-License-Identifier: Apache-2.0

/// What all transfers of one transport have in common.
struct CurlSettings: Sendable {
    /// The `User-Agent` field; only its printable ASCII is sent.
    let userAgent: String

    /// The longest that name, TCP and TLS together may take.
    let connectTimeout: Duration

    /// How long a transfer may deliver less than one byte per second.
    let stallTimeout: Duration

    /// The most connections to one host; further HTTP/1.1 requests wait for one of them.
    let connectionsPerHost: Int

    /// The file of trusted certificates in place of the system's.
    let caFile: String?

    init(
        userAgent: String,
        connectTimeout: Duration,
        stallTimeout: Duration,
        connectionsPerHost: Int,
        caFile: String?
    ) {
        self.userAgent = String(
            String.UnicodeScalarView(userAgent.unicodeScalars.filter { (0x20...0x7e).contains($0.value) })
        )
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.connectionsPerHost = max(1, connectionsPerHost)
        self.caFile = caFile
    }
}
