// SPDX-License-Identifier: Apache-2.0

import EventLedger
import LinuxSystem
import Logging
import Polling
import Synchronization

/// The writer of the event log: one JSON line for each counted event, in the order of counting.
///
/// The ledger stores the position of the last line after the line is on the disk. So after a crash some lines may come
/// twice, but none is missing.
actor EventLog {
    /// The time between two checks for new events, in seconds.
    private static let interval = 1.0

    /// The maximum wait for the payload of an event, in seconds.
    private static let payloadWait = 60.0

    /// The maximum number of events that are written at once.
    private static let batch = 500

    private nonisolated let path: Mutex<String?>
    private nonisolated let writeFailures = Mutex(0)
    private let ledger: EventLedger
    private let directory: String
    private let clock: any PollingClock
    private let logger: Logger

    private var history: EventHistory?
    private var payloadWait = PayloadWait(maximum: EventLog.payloadWait)
    private var isFailing = false

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - path: the path of the file, `-` for standard output, or `nil` for no log.
    ///   - ledger: the ledger, which stores the position.
    ///   - directory: the storage path of the ledger.
    ///   - clock: the clock.
    ///   - logger: receives failures and recoveries.
    init(
        path: String?,
        ledger: EventLedger,
        directory: String,
        clock: any PollingClock,
        logger: Logger
    ) {
        self.path = Mutex(path)
        self.ledger = ledger
        self.directory = directory
        self.clock = clock
        self.logger = logger
    }

    /// Applies a new configuration, from the next line on.
    nonisolated func apply(_ configuration: Configuration.EventsLog) {
        path.withLock { $0 = configuration.path }
    }

    /// The progress; `nil` if no log is configured.
    nonisolated var status: StorageStatus.EventLogStatus? {
        guard path.withLock({ $0 }) != nil else { return nil }
        return StorageStatus.EventLogStatus(
            pendingEvents: max(0, ledger.lastPosition - ledger.logPosition),
            writeFailures: writeFailures.withLock { $0 }
        )
    }

    /// Writes until the task is cancelled, and then what was counted until then.
    func run() async {
        while !Task.isCancelled {
            await writeNewEvents()
            try? await clock.sleep(seconds: Self.interval)
        }
        await writeNewEvents()
    }

    /// Writes the lines of all events that have their payload, or have waited for it long enough.
    func writeNewEvents() async {
        payloadWait.record(lastPosition: ledger.lastPosition, at: clock.uptime())
        guard let path = path.withLock({ $0 }) else { return }
        do throws(EventLogError) {
            while try await writeBatch(to: path) {}
            recordSuccess()
        } catch {
            recordFailure(error)
        }
    }

    /// - Returns: whether more events may be ready.
    private func writeBatch(to path: String) async throws(EventLogError) -> Bool {
        let last = ledger.lastPosition
        guard ledger.logPosition < last else { return false }
        let events = try await read(after: ledger.logPosition)
        let ready = events.prefix(while: payloadWait.isOver)
        // Without events, retention has deleted them.
        guard let end = events.isEmpty ? last : ready.last?.position else { return false }
        let lines = ready.map { EventLine($0, of: ledger.connector($0.connector)?.inventory) }
        try await Self.onThread { () throws(EventLogError) in try Self.append(lines, to: path) }
        do throws(LedgerError) {
            try await ledger.recordLogPosition(end)
        } catch {
            throw EventLogError(error)
        }
        return ready.count == events.count
    }

    private func read(after position: Int) async throws(EventLogError) -> [RecordedEvent] {
        let (history, directory) = (history, directory)
        let (opened, events) = try await Self.onThread {
            () throws(EventLogError) -> (EventHistory, [RecordedEvent]) in
            do throws(LedgerError) {
                let opened = if let history { history } else { try EventHistory(directory: directory) }
                return (opened, try opened.events(countedAfter: position, limit: Self.batch))
            } catch {
                throw EventLogError(error)
            }
        }
        self.history = opened
        return events
    }

    private static func append(_ lines: [EventLine], to path: String) throws(EventLogError) {
        guard !lines.isEmpty else { return }
        var bytes: [UInt8] = []
        do {
            for line in lines { bytes += try JSONLine.encode(line) + [UInt8(ascii: "\n")] }
        } catch {
            throw EventLogError(error)
        }
        try EventLogOutput.append(bytes, to: path)
    }

    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(EventLogError) -> Value
    ) async throws(EventLogError) -> Value {
        let result: Result<Value, EventLogError>
        do throws(Errno) {
            result = try await DetachedThread.run(named: "event-log") {
                Result { () throws(EventLogError) in try body() }
            }
        } catch {
            throw EventLogError(error)
        }
        return try result.get()
    }
}

extension EventLog {
    private func recordFailure(_ error: EventLogError) {
        writeFailures.withLock { $0 += 1 }
        guard !isFailing else { return }
        isFailing = true
        logger.error(
            "event log not written; the lines follow when it is writable",
            metadata: ["event": "events_log_failing", "error": "\(error)"]
        )
    }

    private func recordSuccess() {
        guard isFailing else { return }
        isFailing = false
        logger.info("event log written again", metadata: ["event": "events_log_recovered"])
    }
}
