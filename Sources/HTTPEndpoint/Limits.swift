// SPDX-License-Identifier: Apache-2.0

/// What one client may use, and for how long.
package struct Limits: Sendable, Hashable {
    /// The most bytes of header fields in a request, trailers included; more is answered 431.
    package var requestHeaderBytes = 16 << 10

    /// The most field lines in a request, trailers included; more is answered 431.
    package var headerCount = 100

    /// The longest request target; a longer one is answered 414.
    package var targetBytes = 8 << 10

    /// The largest request body; a larger one is answered 413.
    package var bodyBytes = 64 << 10

    /// The most connections; when full, the one that has been idle longest closes for a new one.
    ///
    /// While none is idle, the one that has made no progress for longest closes, once that is `crowdedTimeout`; until
    /// then new clients wait in the kernel's backlog.
    package var connections = 1000

    /// The most requests that are being answered, over all connections; more are answered 503.
    ///
    /// 0 is no limit. A request counts from its last byte until its response has ended, whether or not the client takes
    /// it; a handler that would rather count what is being taken has `Response.onStall`.
    package var requestsInFlight = 0

    /// The most requests of one connection that wait for their responses; its socket is not read meanwhile.
    package var pipelinedRequests = 16

    /// The time for a request's head, from its first byte; for the first request, from the connection's start, so that
    /// a handshake of TLS is in it.
    package var headerTimeout = Duration.seconds(10)

    /// The time for a request's body, from the end of its head.
    package var bodyTimeout = Duration.seconds(10)

    /// The time in which a client must take at least one byte of a response.
    package var writeTimeout = Duration.seconds(30)

    /// The time after which an unfinished request, or a client that takes no byte of its response, makes room for a new
    /// client where every connection is in use.
    ///
    /// So clients that send half a request, or read nothing, keep nobody out for longer than this, however many they are.
    /// After the same time a response whose client takes no byte of it is told so (`Response.onStall`).
    package var crowdedTimeout = Duration.seconds(1)

    /// The time that a connection may wait for its next request.
    package var idleTimeout = Duration.seconds(120)

    /// The time in which what a client still sends is read and dropped, so that it can read the last response.
    ///
    /// Source: RFC 9112, 9.6.
    package var lingerTimeout = Duration.seconds(1)

    /// The time after which a response that is delivered `.endless` ends.
    package var endlessTimeout = Duration.seconds(300)

    /// Makes the limits that suit a scrape endpoint.
    package init() {}
}
