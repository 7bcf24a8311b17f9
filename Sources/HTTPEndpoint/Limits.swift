// SPDX-License-Identifier: Apache-2.0

/// The resources that one client may use, and the timeouts.
package struct Limits: Sendable, Hashable {
    /// The maximum size of the header fields of a request, including trailers.
    ///
    /// A larger header is rejected with 431.
    package var requestHeaderBytes = 16 << 10

    /// The maximum number of field lines in a request, including trailers.
    ///
    /// More are rejected with 431.
    package var headerCount = 100

    /// The maximum length of a request target.
    ///
    /// A longer target is rejected with 414.
    package var targetBytes = 8 << 10

    /// The maximum size of a request body.
    ///
    /// A larger body is rejected with 413, before a byte of it is stored. If the limit is 0, every body is rejected, also an
    /// empty one with chunked framing.
    package var bodyBytes: Int

    /// The maximum number of open connections.
    ///
    /// At the limit, a new client evicts the connection that has been idle longest. If no connection is idle, it evicts
    /// the one that has made no progress for longest, but not before `stallTimeout`. Until then new clients wait in the
    /// kernel's backlog.
    package var connections = 1000

    /// The maximum number of requests of one connection that wait for a response.
    ///
    /// At the limit the socket is not read. Few requests suffice, because responses leave one at a time, and each request
    /// of a client that does not read costs time.
    package var pipelinedRequests = 2

    /// The time limit for the head of a request, from its first byte.
    ///
    /// For the first request it starts with the connection, so that it includes the TLS handshake.
    package var headerTimeout = Duration.seconds(10)

    /// The time limit for the body of a request, from the end of its head.
    package var bodyTimeout = Duration.seconds(10)

    /// The maximum time between two bytes that the client reads of a response.
    package var writeTimeout = Duration.seconds(30)

    /// The time without progress after which a connection may be evicted.
    ///
    /// It applies to unfinished requests and to responses that the client does not read. Such clients, however many,
    /// therefore block others no longer than this. After the same time a response that the client does not read is
    /// reported through `Response.onStall`.
    package var stallTimeout = Duration.seconds(1)

    /// The maximum time between two requests of a connection.
    package var idleTimeout = Duration.seconds(120)

    /// The time after the last response in which further bytes of the client are read and discarded.
    ///
    /// It lets the client read the last response (RFC 9112, 9.6).
    package var lingerTimeout = Duration.seconds(1)

    /// Creates the default limits, which suit a scrape endpoint.
    ///
    /// - Parameter bodyBytes: the maximum size of a request body; 0 if no route reads one.
    package init(bodyBytes: Int = 64 << 10) { self.bodyBytes = bodyBytes }
}
