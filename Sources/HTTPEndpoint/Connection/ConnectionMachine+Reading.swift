// SPDX-License-Identifier: Apache-2.0

extension ConnectionMachine {
    /// Parses requests until the pipeline is full.
    mutating func parse() {
        while phase == .open, exchanges.count < limits.pipelinedRequests {
            do throws(RequestError) {
                switch try parser.next() {
                case .incomplete: return
                case .awaitsContinue: isContinuePending = true
                case .request(let request): enqueue(request)
                }
            } catch {
                reject(error)
            }
        }
    }

    /// Sets the read deadline for the current stage.
    mutating func updateReadDeadline(at now: ContinuousClock.Instant) {
        let isWaiting = phase == .open && exchanges.isEmpty && writer == nil
        readDeadline.enter(isWaiting ? parser.stage : .responding, at: now)
    }

    private mutating func enqueue(_ request: Request) {
        var request = request
        request.peer = peer
        let persists = request.isPersistent && !isDraining
        let exchange = Exchange(
            id: nextExchange,
            isHEAD: request.method == "HEAD",
            version: request.version,
            persists: persists
        )
        append(exchange)
        isContinuePending = false
        if !persists { stopParsing() }
        actions.append(.handle(request, exchange: exchange.id))
    }

    /// Rejects a client whose input never reached the parser.
    mutating func reject(_ error: RequestError, at time: LoopTime) {
        guard phase == .open else { return }
        reject(error)
        advance(at: time)
    }

    /// Closes without a response after a failed TLS handshake.
    ///
    /// Lingering lets the TLS alert reach the client.
    mutating func closeWithoutResponse(at time: LoopTime) {
        guard phase == .open else { return }
        finishAfterLastExchange()
        advance(at: time)
    }

    /// Queues an error response and stops reading, because the rest of the stream cannot be parsed.
    mutating func reject(_ error: RequestError) {
        let isHEAD = parser.isReadingHEAD
        isContinuePending = false
        stopParsing()
        append(
            Exchange(
                id: nextExchange,
                isHEAD: isHEAD,
                version: .http11,
                persists: false,
                response: .text(error.status, error.message)
            )
        )
    }

    /// Enters the phase `finishing`, and frees the unparsed bytes.
    private mutating func stopParsing() {
        phase = .finishing
        parser = RequestParser(limits: limits)
    }

    private mutating func append(_ exchange: Exchange) {
        exchanges.append(exchange)
        nextExchange += 1
    }

    /// Stops reading requests, and closes the connection after the newest one.
    mutating func finishAfterLastExchange() {
        stopParsing()
        if !exchanges.isEmpty { exchanges[exchanges.count - 1].persists = false }
    }
}
