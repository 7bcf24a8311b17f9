// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The listening sockets that systemd has opened for this process.
///
/// Source: sd_listen_fds(3), "Notes".
package enum SocketActivation {
    /// The first descriptor that is passed; the others follow it.
    private static let firstDescriptor: Int32 = 3

    /// Finds the sockets that were meant for a process.
    ///
    /// - Parameters:
    ///   - environment: of the process: `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`.
    ///   - process: its number; variables that are meant for another process are passed over.
    /// - Returns: in systemd's order; none where nothing was passed.
    /// - Throws: an error where a variable is not what systemd writes.
    package static func addresses(
        in environment: [String: String],
        process: Int32 = getpid()
    ) throws(EndpointError) -> [ListenAddress] {
        guard let intended = environment["LISTEN_PID"], let counted = environment["LISTEN_FDS"] else {
            return []
        }
        guard let number = Int32(intended), number > 0 else {
            throw EndpointError("LISTEN_PID: \"\(intended)\" is not the number of a process.")
        }
        guard number == process else { return [] }
        guard let count = Int32(counted), count >= 0, count <= Int32.max - firstDescriptor else {
            throw EndpointError("LISTEN_FDS: \"\(counted)\" is not a number of sockets.")
        }
        let names = try names(in: environment, count: Int(count))
        return (0..<count).map { index in
            .inherited(descriptor: firstDescriptor + index, name: names?[Int(index)] ?? "")
        }
    }

    /// Finds the sockets that were meant for this process, of which there must be at least one.
    ///
    /// - Throws: an error that says what to do where there is none.
    package static func requiredAddresses(
        in environment: [String: String]
    ) throws(EndpointError) -> [ListenAddress] {
        let addresses = try addresses(in: environment)
        guard !addresses.isEmpty else {
            throw EndpointError(
                "--web.systemd-socket: systemd has passed no sockets (LISTEN_FDS); start the .socket unit "
                    + "that belongs to this service, or use --web.listen-address instead."
            )
        }
        return addresses
    }

    private static func names(in environment: [String: String], count: Int) throws(EndpointError) -> [String]?
    {
        guard let text = environment["LISTEN_FDNAMES"] else { return nil }
        let names = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard names.count == count else {
            throw EndpointError(
                "LISTEN_FDNAMES: \"\(text)\" names \(names.count) sockets, and LISTEN_FDS is \(count)."
            )
        }
        return names
    }
}
