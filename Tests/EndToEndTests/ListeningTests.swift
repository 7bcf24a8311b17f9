// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Systemd sockets and Unix sockets.
@Suite(.timeLimit(.minutes(5))) struct ListeningTests {
    private static let program = "\(ChildProgram.products)/magic-connector-exporter"

    /// Passes one listening socket of 127.0.0.1 to a program as systemd does.
    private static let activation = """
        import os, socket, sys
        made = socket.socket()
        made.bind(("127.0.0.1", 0))
        made.listen()
        os.dup2(made.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="web")
        os.execv(sys.argv[1], sys.argv[1:])
        """

    private static func address(in log: ChildProgram, _ form: Regex<(Substring, Substring)>) async throws
        -> String
    {
        try await eventually("the exporter's address") {
            guard log.isRunning else { throw TimeoutError(description: log.errors) }
            return log.errors.firstMatch(of: form).map { String($0.output.1) }
        }
    }

    @Test func `a socket from systemd is served instead of an address`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        let exporter = try ChildProgram(
            "python3",
            [
                "-c", Self.activation, Self.program, "--config.file", fixture.configurationFile,
                "--storage.path", fixture.directory.file("data"), "--web.listen-address", "192.0.2.1:1",
                "--web.systemd-socket",
            ],
            in: fixture.directory.path
        )
        let address = try await Self.address(in: exporter, /address="?(127\.0\.0\.1:[0-9]+)/)
        #expect(try await fixture.http.get("http://\(address)/-/healthy").status == 200)
        exporter.send(SIGTERM)
        #expect(await exporter.end().status == 0)
    }

    @Test func `a Unix socket is created, and removed at the end`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        let path = fixture.directory.file("web.sock")
        let exporter = try ChildProgram(
            Self.program,
            [
                "--config.file", fixture.configurationFile, "--storage.path", fixture.directory.file("data"),
                "--web.listen-address", "unix:\(path)",
            ],
            in: fixture.directory.path
        )
        #expect(try await Self.address(in: exporter, /address="?(unix:[^ "]+)/) == "unix:\(path)")
        let result = try await ChildProgram.run(
            "curl",
            ["-sS", "--fail", "--max-time", "20", "--unix-socket", path, "http://a/-/healthy"],
            in: fixture.directory.path
        )
        #expect(result.status == 0, "\(result.errors)")
        exporter.send(SIGTERM)
        #expect(await exporter.end().status == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
