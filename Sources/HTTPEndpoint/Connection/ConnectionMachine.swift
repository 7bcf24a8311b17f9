// SPDX-License-Identifier: Apache-2.0

/// The state machine of one connection, without I/O or a clock.
///
/// Its inputs are received bytes, responses and the time; its outputs are actions and `writer`. After each input the
/// owner of the socket performs the actions of `nextAction()` and writes the bytes of `writer`. Requests are read while
/// fewer than `Limits.pipelinedRequests` wait. Responses leave in the order of their requests.
///
/// Source: RFC 9112, 9.
struct ConnectionMachine {
    /// An instruction for the owner of the socket.
    enum Action {
        /// Pass a request to the handler. The response goes to `respond(to:with:at:)` with the same number.
        case handle(Request, exchange: Int)
        /// Report to the sender of a response that the client does not read it.
        case stalled(@Sendable () -> Void)
        /// Report the outcome of a response to its sender, if the sender has asked for it.
        case finished(ResponseOutcome, onFinish: (@Sendable (ResponseOutcome) -> Void)?)
        /// Shut down the sending side of the socket, and continue to read.
        case shutDownWriting
        case close
        /// Close the socket with RST.
        case reset
    }

    /// A request whose response has not been sent completely.
    struct Exchange {
        let id: Int
        let isHEAD: Bool
        let version: HTTPVersion
        /// Whether the connection stays open after the response.
        var persists: Bool
        var response: Response?
    }

    enum Phase: Equatable {
        case open
        /// No further request is read. The remaining responses are sent.
        case finishing
        /// All responses are sent. Further input is discarded, because closing with unread input sends RST.
        case lingering(until: ContinuousClock.Instant)
        /// The socket is closed, or the action to close it is queued.
        case closed
    }

    let limits: Limits
    let peer: String

    var parser: RequestParser
    var phase = Phase.open
    var exchanges: [Exchange] = []
    var actions: [Action] = []
    /// The response that is being sent; `nil` if none is.
    var writer: ResponseWriter?
    /// The time by which the client must have read another byte.
    var writeDeadline: ContinuousClock.Instant?
    /// The time by which the response must be sent.
    var responseDeadline: ContinuousClock.Instant?
    /// Whether the client waits for 100 (Continue).
    var isContinuePending = false
    var hasReceivedEnd = false

    /// The number of the next request.
    var nextExchange = 0
    /// Whether the endpoint is stopping.
    var isDraining = false
    var readDeadline: ReadDeadline

    private var lingeredBytes = 0

    /// The maximum number of bytes to discard after the last response.
    static let lingerBytes = 1 << 20

    /// Creates the state of a new connection.
    ///
    /// - Parameters:
    ///   - limits: the resources that the client may use.
    ///   - peer: the client's address, for its requests.
    ///   - now: the start of the connection.
    init(limits: Limits, peer: String, at now: ContinuousClock.Instant) {
        self.limits = limits
        self.peer = peer
        parser = RequestParser(limits: limits)
        readDeadline = ReadDeadline(limits: limits, at: now)
    }

    mutating func nextAction() -> Action? {
        actions.isEmpty ? nil : actions.removeFirst()
    }

    /// Whether the owner must read from the socket.
    var isReading: Bool {
        switch phase {
        case .open: !hasReceivedEnd && exchanges.count < limits.pipelinedRequests
        case .finishing: !hasReceivedEnd
        case .lingering: true
        case .closed: false
        }
    }

    /// Whether closing the connection would lose no request and no response.
    var isIdle: Bool {
        switch phase {
        case .open: exchanges.isEmpty && writer == nil && parser.isIdle
        case .finishing: false
        case .lingering, .closed: true
        }
    }

    /// The time from which the connection may be evicted for a new client.
    ///
    /// It is `nil` for an idle connection, which may always be evicted, and while the handler computes a response.
    var evictableFrom: ContinuousClock.Instant? {
        guard phase == .open || phase == .finishing, !isIdle else { return nil }
        if writer != nil { return progressDeadline }
        return readDeadline.deadline.map { _ in readDeadline.start + limits.stallTimeout }
    }

    /// The time of the next call to `expire(at:)`, unless another input comes first.
    var deadline: ContinuousClock.Instant? {
        switch phase {
        case .lingering(let until): until
        case .closed: nil
        case .open, .finishing:
            if writer != nil {
                [writeDeadline, responseDeadline, stallDeadline].compactMap(\.self).min()
            } else {
                readDeadline.deadline
            }
        }
    }
}

extension ConnectionMachine {
    /// Processes received bytes.
    mutating func receive(_ bytes: Span<UInt8>, at time: LoopTime) {
        switch phase {
        case .open:
            parser.append(bytes)
            parse()
            advance(at: time)
        case .lingering:
            lingeredBytes += bytes.count
            if lingeredBytes > Self.lingerBytes { close() }
        case .finishing, .closed: break
        }
    }

    /// Processes the end of the client's stream.
    ///
    /// The client may still read.
    mutating func receiveEnd(at time: LoopTime) {
        guard !hasReceivedEnd, phase != .closed else { return }
        hasReceivedEnd = true
        if case .lingering = phase { return close() }
        // The kernel reports the same for a disconnected client and for one that has only shut down its sending side.
        if exchanges.isEmpty { return close() }
        finishAfterLastExchange()
        advance(at: time)
    }

    /// Processes the response to a request.
    ///
    /// - Parameters:
    ///   - exchange: the number of the request.
    ///   - response: dropped as aborted if the request no longer waits for a response.
    ///   - time: the current time.
    mutating func respond(to exchange: Int, with response: Response, at time: LoopTime) {
        guard let first = exchanges.first?.id, exchange >= first, exchange - first < exchanges.count,
            exchanges[exchange - first].response == nil
        else {
            actions.append(.finished(.aborted, onFinish: response.onFinish))
            return
        }
        exchanges[exchange - first].response = response
        advance(at: time)
    }

    /// Stops reading requests, and closes after the last response.
    ///
    /// A request in progress is still answered.
    mutating func drain(at time: LoopTime) {
        isDraining = true
        guard phase == .open else { return }
        if !exchanges.isEmpty {
            finishAfterLastExchange()
            advance(at: time)
        } else if isIdle {
            close()
        }
    }

    /// Aborts all responses and closes, because the socket has failed or the grace period is over.
    mutating func fail() {
        if phase != .closed { abort(.close) }
    }

    /// Processes the deadlines that have passed.
    mutating func expire(at time: LoopTime) {
        let now = time.instant
        switch phase {
        case .closed: return
        case .lingering(let until):
            if until <= now { close() }
        case .open, .finishing:
            if writer != nil {
                expireWriting(at: now)
            } else if let deadline = readDeadline.deadline, deadline <= now {
                expireReading(at: time)
            }
        }
    }

    private mutating func expireWriting(at now: ContinuousClock.Instant) {
        if let responseDeadline, responseDeadline <= now {
            abort(.close)
        } else if let writeDeadline, writeDeadline <= now {
            // Without RST the kernel would retransmit to a client that does not read for many minutes.
            abort(.reset)
        } else if let stallDeadline, stallDeadline <= now {
            reportStall(at: 0)
        }
    }

    /// Source: RFC 9110, 15.5.9: 408 is for a request that has begun.
    private mutating func expireReading(at time: LoopTime) {
        if parser.isIdle { return close() }
        reject(.timeout)
        advance(at: time)
    }
}
