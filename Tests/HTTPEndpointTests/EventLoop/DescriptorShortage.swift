// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPEndpoint
import Logging
import TestSupport

/// Uses up all descriptors of this process while a client connects.
///
/// It needs a process of its own.
enum DescriptorShortage {
    struct Failure: Error { let description: String }

    static func run() throws {
        let events = Events<String>()
        let endpoint = try HTTPEndpoint(
            listening: [.tcp(host: "127.0.0.1", port: 0)],
            logger: Logger(label: "test") { _ in EventLogHandler(events: events) },
            handler: echo
        )
        let port = endpoint.addresses[0].port
        Task { await endpoint.run() }
        let first = try RawHTTPClient(port: port)
        _ = try first.exchange("GET", "/")

        let late = try RawHTTPClient()
        var limit = rlimit(rlim_cur: 128, rlim_max: 128)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw Failure(description: "cannot set the limit of open files")
        }
        var hoard: [Int32] = []
        while true {
            let descriptor = dup(0)
            guard descriptor >= 0 else { break }
            hoard.append(descriptor)
        }
        try late.connect(port: port)
        try late.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
        try expect(try events.next() == "accept_failed")
        try expect(try first.exchange("GET", "/kept").text == "GET /kept? ")
        try expect(endpoint.statistics.acceptedConnections == 1)
        // One descriptor is freed and used again, so that accepting succeeds and fails in turn.
        for turn in 0..<20 {
            close(hoard.removeLast())
            if turn == 0 { try expect(try late.response().text == "GET /late? ") }
            try expect(try first.exchange("GET", "/kept").text == "GET /kept? ")
            let descriptor = dup(0)
            if descriptor >= 0 { hoard.append(descriptor) }
        }
        for descriptor in hoard { close(descriptor) }
        try expect(events.pending.isEmpty)
    }

    private static func expect(_ condition: Bool, line: Int = #line) throws {
        guard condition else { throw Failure(description: "the expectation in line \(line) failed") }
    }
}

/// Records the `event` keys of log lines of level info and above.
struct EventLogHandler: LogHandler {
    let events: Events<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(events: Events<String>) { self.events = events }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { events.record("\(event.metadata?["event"] ?? "none")") }
}
