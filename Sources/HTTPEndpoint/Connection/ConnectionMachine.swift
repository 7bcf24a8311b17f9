// SPDX-License-Identifier: Apache-2.0

/// What one connection does: bytes, responses and time in, actions out; no I/O, no clock.
///
/// Requests are read until `Limits.pipelinedRequests` of them wait; their responses leave in their order. What is to
/// be done besides writing is asked for with `nextAction()` after every event; what is to be written stands in
/// `writer`.
///
/// Source: RFC 9112, 9.
struct ConnectionMachine {
    /// What the owner of the socket must do.
    enum Action {
        /// Answer a request, by `respond(to:with:at:)` with the same number.
        case handle(Request, exchange: Int)
        /// Tell whoever sent a response that its client does not take it.
        case stalled(@Sendable () -> Void)
        /// Tell whoever sent a response how it ended.
        case finished(ExchangeResult)
        /// End the stream towards the client, and go on reading.
        case shutDownWriting
        /// Close the socket.
        case close
        /// Close the socket so that the client gets RST.
        case reset
    }

    /// How an exchange ended.
    struct ExchangeResult {
        /// Whom to tell.
        let onFinish: (@Sendable (ResponseOutcome) -> Void)?
        /// What to tell.
        let finish: ResponseOutcome
        /// Whether a handler was given the request.
        let wasHandled: Bool
    }

    /// A request that was read and whose response has not left.
    struct Exchange {
        let id: Int
        let isHEAD: Bool
        let version: HTTPVersion
        /// Whether the connection stays open after it.
        var persists: Bool
        /// Whether a handler has it, and not the endpoint itself.
        var wasHandled: Bool
        var response: Response?
    }

    /// How far the connection's life has come.
    enum Phase: Equatable {
        /// Requests are read and answered.
        case open
        /// No further request is read; what is owed is written.
        case finishing
        /// Nothing is owed; what the client still sends is dropped, so that no RST overtakes the last response.
        case lingering(until: ContinuousClock.Instant)
        /// The socket is closed, or about to be.
        case closed
    }

    let limits: Limits
    let peer: String

    var parser: RequestParser
    var phase = Phase.open
    var exchanges: [Exchange] = []
    var actions: [Action] = []
    /// The response that is leaving, if any.
    var writer: ResponseWriter?
    /// When the client must have taken another byte of it.
    var writeDeadline: ContinuousClock.Instant?
    /// When the response that is leaving ends in any case.
    var responseDeadline: ContinuousClock.Instant?
    /// Whether a client waits for 100 (Continue).
    var owesContinue = false
    var hasPeerEnded = false

    /// The number of the next request.
    var nextExchange = 0
    /// Whether the endpoint stops.
    var isDraining = false
    /// How long the client is waited for.
    var readDeadline: ReadDeadline

    private var lingered = 0

    /// The most bytes that are read and dropped after the last response.
    static let lingerBytes = 1 << 20

    /// Makes a machine for a connection that has just begun.
    ///
    /// - Parameters:
    ///   - limits: what the client may use.
    ///   - peer: the client's address, for its requests.
    ///   - now: when it began.
    init(limits: Limits, peer: String, at now: ContinuousClock.Instant) {
        self.limits = limits
        self.peer = peer
        parser = RequestParser(limits: limits)
        readDeadline = ReadDeadline(limits: limits, at: now)
    }

    /// Takes the next thing to do.
    mutating func nextAction() -> Action? {
        actions.isEmpty ? nil : actions.removeFirst()
    }

    /// Whether bytes should be read from the socket.
    var wantsRead: Bool {
        switch phase {
        case .open: !hasPeerEnded && exchanges.count < limits.pipelinedRequests
        case .finishing: !hasPeerEnded
        case .lingering: true
        case .closed: false
        }
    }

    /// Whether closing the connection would take nothing from the client.
    var isIdle: Bool {
        switch phase {
        case .open: exchanges.isEmpty && writer == nil && parser.isIdle
        case .finishing: false
        case .lingering, .closed: true
        }
    }

    /// From when on the connection makes room for a new client where there is no other room; `nil` where it is idle, or
    /// where it is not the client who is waited for.
    var expendableFrom: ContinuousClock.Instant? {
        guard phase == .open || phase == .finishing, !isIdle else { return nil }
        if writer != nil { return progressDeadline }
        return readDeadline.deadline.map { _ in readDeadline.start + limits.crowdedTimeout }
    }

    /// When `expire(at:)` is to be called, unless something else happens before.
    var deadline: ContinuousClock.Instant? {
        switch phase {
        case .lingering(let until): until
        case .closed: nil
        case .open, .finishing:
            if let writer {
                [writer.resumption, writeDeadline, responseDeadline, stallDeadline].compactMap(\.self).min()
            } else {
                readDeadline.deadline
            }
        }
    }
}

extension ConnectionMachine {
    /// Takes bytes that have arrived.
    mutating func receive(_ bytes: Span<UInt8>, at moment: LoopTime) {
        switch phase {
        case .open:
            parser.append(bytes)
            parse()
            settle(at: moment)
        case .lingering:
            lingered += bytes.count
            if lingered > Self.lingerBytes { close() }
        case .finishing, .closed: break
        }
    }

    /// Takes the end of what the client sends; it may still read.
    mutating func receiveEnd(at moment: LoopTime) {
        guard !hasPeerEnded, phase != .closed else { return }
        hasPeerEnded = true
        if case .lingering = phase { return close() }
        // A client that has gone for good looks the same as one that has only finished sending. Who is kept waiting
        // on purpose is taken to have gone.
        if exchanges.isEmpty || isSilent { return abort(.close) }
        finishAfterLastExchange()
        settle(at: moment)
    }

    /// Takes the response to a request.
    ///
    /// - Parameters:
    ///   - exchange: the number that came with the request.
    ///   - response: dropped, as aborted, where the request is not waited for any more.
    ///   - moment: the time.
    ///   - wasHandled: whether a handler had the request; the endpoint's own refusals are not counted in flight.
    mutating func respond(
        to exchange: Int,
        with response: Response,
        at moment: LoopTime,
        wasHandled: Bool = true
    ) {
        guard let first = exchanges.first?.id, exchange >= first, exchange - first < exchanges.count,
            exchanges[exchange - first].response == nil
        else {
            actions.append(
                .finished(ExchangeResult(onFinish: response.onFinish, finish: .aborted, wasHandled: false))
            )
            return
        }
        exchanges[exchange - first].response = response
        exchanges[exchange - first].wasHandled = wasHandled
        settle(at: moment)
    }

    /// Reads no further request, and closes as soon as nothing is owed; a request that has begun is still answered.
    mutating func drain(at moment: LoopTime) {
        isDraining = true
        guard phase == .open else { return }
        if !exchanges.isEmpty {
            finishAfterLastExchange()
            settle(at: moment)
        } else if isIdle {
            close()
        }
    }

    /// Ends everything at once: the socket has failed, or there is no time left.
    mutating func fail() {
        if phase != .closed { abort(.close) }
    }

    /// Acts on the time alone.
    mutating func expire(at moment: LoopTime) {
        let now = moment.instant
        switch phase {
        case .closed: return
        case .lingering(let until):
            if until <= now { close() }
        case .open, .finishing:
            if writer != nil {
                expireWriting(at: now)
            } else if let deadline = readDeadline.deadline, deadline <= now {
                expireReading(at: moment)
            }
        }
    }

    private mutating func expireWriting(at now: ContinuousClock.Instant) {
        if let responseDeadline, responseDeadline <= now {
            abort(.close)
        } else if let writeDeadline, writeDeadline <= now {
            // A client that does not read would keep the kernel trying to send for many minutes; RST frees it.
            abort(isSilent ? .close : .reset)
        } else if let stallDeadline, stallDeadline <= now {
            stall(0)
        }
    }

    /// Source: RFC 9110, 15.5.9: 408 is for a request that has begun.
    private mutating func expireReading(at moment: LoopTime) {
        if parser.isIdle { return close() }
        refuse(.tooSlow)
        settle(at: moment)
    }
}
