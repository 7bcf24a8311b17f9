// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Other ways to listen` {
    private static let program = "\(Command.products)/magic-connector-exporter"

    /// Does what systemd does for a service with one socket, of 127.0.0.1.
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

    private static func address(in log: Command, _ form: Regex<(Substring, Substring)>) async throws -> String
    {
        try await eventually("the exporter's address") {
            guard log.isRunning else { throw NotInTime(description: log.errors) }
            return log.errors.firstMatch(of: form).map { String($0.output.1) }
        }
    }

    @Test func `a socket of systemd is served in the place of an address`() async throws {
        let world = try await World(["--life.speed", "0"])
        let exporter = try Command(
            "python3",
            [
                "-c", Self.activation, Self.program, "--config.file", world.configurationFile,
                "--storage.path", world.directory.file("data"), "--web.listen-address", "192.0.2.1:1",
                "--web.systemd-socket",
            ],
            in: world.directory.path
        )
        let address = try await Self.address(in: exporter, /address="?(127\.0\.0\.1:[0-9]+)/)
        #expect(try await world.web.ask("http://\(address)/-/healthy").status == 200)
        exporter.send(SIGTERM)
        #expect(await exporter.end().status == 0)
    }

    @Test func `a socket on a path is made, and removed at the end`() async throws {
        let world = try await World(["--life.speed", "0"])
        let path = world.directory.file("web.sock")
        let exporter = try Command(
            Self.program,
            [
                "--config.file", world.configurationFile, "--storage.path", world.directory.file("data"),
                "--web.listen-address", "unix:\(path)",
            ],
            in: world.directory.path
        )
        #expect(try await Self.address(in: exporter, /address="?(unix:[^ "]+)/) == "unix:\(path)")
        let answer = try await Command.run(
            "curl",
            ["-sS", "--fail", "--max-time", "20", "--unix-socket", path, "http://a/-/healthy"],
            in: world.directory.path
        )
        #expect(answer.status == 0, "\(answer.errors)")
        exporter.send(SIGTERM)
        #expect(await exporter.end().status == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
