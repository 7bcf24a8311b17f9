// SPDX-License-Identifier: Apache-2.0

extension ConnectionMachine {
    /// Records that the kernel has accepted bytes of `writer`.
    mutating func wrote(_ count: Int, at time: LoopTime) {
        writer?.advance(by: count)
        guard let writer else { return }
        guard writer.remaining == 0 else {
            writeDeadline = time.instant + limits.writeTimeout
            return
        }
        stopWriting()
        if !writer.isInterim {
            end(exchanges.removeFirst(), .sent)
            if hasReceivedEnd, exchanges.isEmpty { phase = .finishing }
            parse()
        }
        advance(at: time)
    }

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

    /// Starts the next response, if there is one, and updates the read deadline.
    ///
    /// It ends the processing of each input.
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
                writer = ResponseWriter(head: ResponseHead.continueResponse, isInterim: true)
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
        let status = (200...599).contains(response.status) ? response.status : 500
        let hasBody = Self.mayHaveBody(status)
        if !exchange.persists { phase = .finishing }
        let head = ResponseHead(
            status: status,
            headers: response.headers,
            contentLength: hasBody ? response.body.byteCount : status == 205 ? 0 : nil,
            version: exchange.version,
            persists: exchange.persists
        )
        writer = ResponseWriter(
            head: head.encoded(date: time.date),
            body: hasBody && !exchange.isHEAD ? response.body : []
        )
        writeDeadline = time.instant + limits.writeTimeout
        responseDeadline = response.timeLimit.map { time.instant + $0 }
    }

    /// Whether a response with this status may have a body (RFC 9110, 15.3.5, 15.3.6, 15.4.5).
    private static func mayHaveBody(_ status: Int) -> Bool { ![204, 205, 304].contains(status) }
}
