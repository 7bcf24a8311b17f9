// SPDX-License-Identifier: Apache-2.0

import WireText

extension ConnectionMachine {
    /// How many bytes of `writer` may be written now.
    func allowance(at now: ContinuousClock.Instant) -> Int {
        writer?.allowance(at: now) ?? 0
    }

    /// Records that the kernel has accepted bytes of `writer`.
    mutating func wrote(_ count: Int, at time: LoopTime) {
        writer?.advance(by: count)
        guard let writer else { return }
        guard writer.hasWrittenAll else {
            writeDeadline = max(time.instant, writer.resumption ?? time.instant) + limits.writeTimeout
            return
        }
        switch writer.ending {
        case .interim: stopWriting()
        case .complete:
            endFirstExchange(.sent)
            parse()
        case .close(let isWhole):
            endFirstExchange(isWhole ? .sent : .aborted)
            abortExchanges()
            phase = .finishing
        case .silence:
            writeDeadline = time.instant + limits.writeTimeout
            if hasReceivedEnd { abort(.close) }
        }
        advance(at: time)
    }

    /// Whether the client waits for bytes that will not come.
    var isSilent: Bool { writer?.ending == .silence }

    /// The time at which the client has read no byte of the response for `Limits.stallTimeout`.
    var progressDeadline: ContinuousClock.Instant? {
        writeDeadline.map { $0 - limits.writeTimeout + limits.stallTimeout }
    }

    /// The time at which the response is reported as stalled; `nil` if no callback waits for it.
    var stallDeadline: ContinuousClock.Instant? {
        exchanges.first?.response?.onStall == nil ? nil : progressDeadline
    }

    /// Reports once that the client does not read a response.
    ///
    /// - Parameter index: the index in `exchanges`.
    mutating func reportStall(at index: Int) {
        guard let onStall = exchanges[index].response?.onStall else { return }
        exchanges[index].response?.onStall = nil
        actions.append(.stalled(onStall))
    }

    /// Starts the next response, if there is one, and updates the read deadline. It ends the processing of each input.
    mutating func advance(at time: LoopTime) {
        // Only one response leaves at a time, and a client that reads its responses does not pipeline.
        if exchanges.count > 1 {
            for index in exchanges.indices { reportStall(at: index) }
        }
        while writer == nil, phase == .open || phase == .finishing {
            if let exchange = exchanges.first {
                guard let response = exchange.response else { break }
                start(response, for: exchange, at: time)
            } else if isContinuePending {
                isContinuePending = false
                writer = ResponseWriter(interim: ResponseHead.continueResponse)
                writeDeadline = time.instant + limits.writeTimeout
            } else if phase == .finishing {
                linger(at: time.instant)
            } else {
                break
            }
        }
        updateReadDeadline(at: time.instant)
    }

    /// Aborts all responses and closes.
    mutating func abort(_ action: Action) {
        abortExchanges()
        phase = .closed
        actions.append(action)
    }

    /// Closes a connection without pending responses.
    mutating func close() {
        abort(.close)
    }

    private mutating func stopWriting() {
        (writer, writeDeadline, responseDeadline) = (nil, nil, nil)
    }

    /// Removes the exchange whose response was sent.
    private mutating func endFirstExchange(_ outcome: ResponseOutcome) {
        stopWriting()
        end(exchanges.removeFirst(), outcome)
        if hasReceivedEnd, exchanges.isEmpty { phase = .finishing }
    }

    private mutating func end(_ exchange: Exchange, _ outcome: ResponseOutcome) {
        actions.append(.finished(outcome, onFinish: exchange.response?.onFinish))
    }

    private mutating func abortExchanges() {
        stopWriting()
        isContinuePending = false
        let aborted = exchanges
        exchanges = []
        for exchange in aborted { end(exchange, .aborted) }
    }

    /// Shuts down the sending side, and waits briefly for the client to close.
    ///
    /// Closing with unread input would make the kernel send RST, which can discard the response in the client's buffers.
    ///
    /// Source: RFC 9112, 9.6.
    private mutating func linger(at now: ContinuousClock.Instant) {
        guard !hasReceivedEnd else { return close() }
        phase = .lingering(until: now + limits.lingerTimeout)
        actions.append(.shutDownWriting)
    }
}

extension ConnectionMachine {
    private mutating func start(_ response: Response, for exchange: Exchange, at time: LoopTime) {
        guard response.delivery != .reset else { return abort(.reset) }
        let status = (200...599).contains(response.status) ? response.status : 500
        let isEndless = response.delivery == .endless
        let framing = Self.framing(of: response, status: status, for: exchange)
        let persists = exchange.persists && framing != .untilClose
        if !persists { phase = .finishing }
        let head = ResponseHead(
            status: status,
            headers: response.headers,
            framing: framing,
            version: exchange.version,
            persists: persists
        )
        writer = ResponseWriter(
            head: head.encoded(date: time.date),
            body: exchange.isHEAD || Self.hasNoBody(status) ? [] : Self.body(of: response, framing),
            delivery: response.delivery,
            at: time.instant
        )
        writeDeadline = time.instant + limits.writeTimeout
        let timeLimit = isEndless ? limits.endlessTimeout : response.timeLimit
        responseDeadline = timeLimit.map { time.instant + $0 }
    }

    /// Whether a response with this status never has a body (RFC 9110, 15.3.5, 15.3.6, 15.4.5).
    private static func hasNoBody(_ status: Int) -> Bool { [204, 205, 304].contains(status) }

    private static func framing(
        of response: Response,
        status: Int,
        for exchange: Exchange
    ) -> ResponseHead.Framing {
        if status == 205 { return .length(0) }
        if hasNoBody(status) { return .none }
        if response.delivery == .endless { return exchange.version == .http11 ? .chunked : .untilClose }
        return .length(response.body.byteCount)
    }

    /// The body as it leaves: an endless one is one chunk (RFC 9112, 7.1), which the writer repeats.
    private static func body(of response: Response, _ framing: ResponseHead.Framing) -> ResponseBody {
        guard response.delivery == .endless else { return response.body }
        let body: ResponseBody = response.body.isEmpty ? [[.space]] : response.body
        guard framing == .chunked else { return body }
        let size = String(body.byteCount, radix: 16)
        return ResponseBody([Array("\(size)\r\n".utf8)] + body + [[.carriageReturn, .lineFeed]])
    }
}
