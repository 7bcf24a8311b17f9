// SPDX-License-Identifier: Apache-2.0

import WireText

extension ConnectionMachine {
    /// How many bytes of `writer` may be written now.
    func allowance(at now: ContinuousClock.Instant) -> Int {
        writer?.allowance(at: now) ?? 0
    }

    /// Counts bytes of `writer` that the kernel has taken.
    mutating func wrote(_ count: Int, at moment: LoopTime) {
        writer?.advance(by: count)
        guard let writer else { return }
        guard writer.hasWrittenAll else {
            writeDeadline = max(moment.instant, writer.resumption ?? moment.instant) + limits.writeTimeout
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
            writeDeadline = moment.instant + limits.writeTimeout
            if hasPeerEnded { abort(.close) }
        }
        settle(at: moment)
    }

    /// Whether the client waits for bytes that will not come.
    var isSilent: Bool { writer?.ending == .silence }

    /// When the client has taken no byte of what is leaving for `Limits.crowdedTimeout`.
    var progressDeadline: ContinuousClock.Instant? {
        writeDeadline.map { $0 - limits.writeTimeout + limits.crowdedTimeout }
    }

    /// When whoever sent the response that is leaving is to hear that its client does not take it, if anybody is.
    var stallDeadline: ContinuousClock.Instant? {
        exchanges.first?.response?.onStall == nil ? nil : progressDeadline
    }

    /// Says once that the client does not take the response to a request.
    ///
    /// - Parameter index: its place among `exchanges`.
    mutating func stall(_ index: Int) {
        guard let onStall = exchanges[index].response?.onStall else { return }
        exchanges[index].response?.onStall = nil
        actions.append(.stalled(onStall))
    }

    /// Begins to write what can be, and to wait for what must be: the end of every event.
    mutating func settle(at moment: LoopTime) {
        // Only one response leaves at a time, and nobody who takes what he asks for asks for the next before.
        if exchanges.count > 1 {
            for index in exchanges.indices { stall(index) }
        }
        while writer == nil, phase == .open || phase == .finishing {
            if let exchange = exchanges.first {
                guard let response = exchange.response else { break }
                begin(response, for: exchange, at: moment)
            } else if owesContinue {
                owesContinue = false
                writer = ResponseWriter(interim: ResponseHead.goOn)
                writeDeadline = moment.instant + limits.writeTimeout
            } else if phase == .finishing {
                linger(at: moment.instant)
            } else {
                break
            }
        }
        refreshPatience(at: moment.instant)
    }

    /// Drops everything and closes.
    mutating func abort(_ action: Action) {
        abortExchanges()
        phase = .closed
        actions.append(action)
    }

    /// Closes a connection on which nothing is owed.
    mutating func close() {
        abort(.close)
    }

    private mutating func stopWriting() {
        (writer, writeDeadline, responseDeadline) = (nil, nil, nil)
    }

    /// Ends the exchange whose response has left.
    private mutating func endFirstExchange(_ finish: ResponseOutcome) {
        stopWriting()
        end(exchanges.removeFirst(), finish)
        if hasPeerEnded, exchanges.isEmpty { phase = .finishing }
    }

    private mutating func end(_ exchange: Exchange, _ finish: ResponseOutcome) {
        actions.append(
            .finished(
                ExchangeResult(
                    onFinish: exchange.response?.onFinish,
                    finish: finish,
                    wasHandled: exchange.wasHandled
                )
            )
        )
    }

    private mutating func abortExchanges() {
        stopWriting()
        owesContinue = false
        let aborted = exchanges
        exchanges = []
        for exchange in aborted { end(exchange, .aborted) }
    }

    /// Ends the stream after the last response, and waits a little for the client to do the same.
    ///
    /// To close while bytes of the client lie unread makes the kernel send RST, which can destroy the response in
    /// the client's own buffers.
    ///
    /// Source: RFC 9112, 9.6.
    private mutating func linger(at now: ContinuousClock.Instant) {
        guard !hasPeerEnded else { return close() }
        phase = .lingering(until: now + limits.lingerTimeout)
        actions.append(.shutDownWriting)
    }
}

extension ConnectionMachine {
    private mutating func begin(_ response: Response, for exchange: Exchange, at moment: LoopTime) {
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
            head: head.encoded(date: moment.date),
            body: exchange.isHEAD || Self.hasNoBody(status) ? [] : Self.body(of: response, framing),
            delivery: response.delivery,
            at: moment.instant
        )
        writeDeadline = moment.instant + limits.writeTimeout
        let timeLimit = isEndless ? limits.endlessTimeout : response.timeLimit
        responseDeadline = timeLimit.map { moment.instant + $0 }
    }

    /// Whether a status never has a body (RFC 9110, 15.3.5, 15.3.6, 15.4.5).
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
