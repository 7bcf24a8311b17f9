// SPDX-License-Identifier: Apache-2.0

extension ConnectionMachine {
    /// Reads as many requests as may wait.
    mutating func parse() {
        while phase == .open, exchanges.count < limits.pipelinedRequests {
            do throws(RequestError) {
                switch try parser.next() {
                case .incomplete: return
                case .awaitsContinue: owesContinue = true
                case .request(let request): begin(request)
                }
            } catch {
                refuse(error)
            }
        }
    }

    /// Begins, goes on with or ends the wait for the client, whichever is now right.
    mutating func refreshPatience(at now: ContinuousClock.Instant) {
        let isWaiting = phase == .open && exchanges.isEmpty && writer == nil
        readDeadline.wait(for: isWaiting ? parser.awaited : .nothing, at: now)
    }

    private mutating func begin(_ request: Request) {
        var request = request
        request.peer = peer
        let persists = request.wantsPersistence && !isDraining
        let exchange = Exchange(
            id: nextExchange,
            isHEAD: request.method == "HEAD",
            version: request.version,
            persists: persists,
            wasHandled: true
        )
        add(exchange)
        owesContinue = false
        if !persists { phase = .finishing }
        actions.append(.handle(request, exchange: exchange.id))
    }

    /// Answers a client that cannot be understood at all; nothing that it has sent was read.
    mutating func refuse(_ error: RequestError, at moment: LoopTime) {
        guard phase == .open else { return }
        refuse(error)
        settle(at: moment)
    }

    /// Ends the connection without an answer, so that what was sent to the client below this machine still arrives.
    mutating func refuseSilently(at moment: LoopTime) {
        guard phase == .open else { return }
        finishAfterLastExchange()
        settle(at: moment)
    }

    /// Answers a request that is none, after those before it; nothing behind it can be understood.
    mutating func refuse(_ error: RequestError) {
        owesContinue = false
        phase = .finishing
        add(
            Exchange(
                id: nextExchange,
                isHEAD: parser.isReadingHEAD,
                version: .http11,
                persists: false,
                wasHandled: false,
                response: .text(error.status, error.message)
            )
        )
    }

    private mutating func add(_ exchange: Exchange) {
        exchanges.append(exchange)
        nextExchange += 1
    }

    /// Makes the newest request the last one.
    mutating func finishAfterLastExchange() {
        phase = .finishing
        if !exchanges.isEmpty { exchanges[exchanges.count - 1].persists = false }
    }
}
