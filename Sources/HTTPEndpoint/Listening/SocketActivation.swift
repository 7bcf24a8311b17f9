// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The listening sockets that systemd passes to this process.
///
/// Source: sd_listen_fds(3), "Notes".
package enum SocketActivation {
    /// The number of the first passed descriptor.
    ///
    /// The others follow it.
    private static let firstDescriptor: Int32 = 3

    /// Returns the sockets that were passed to a process.
    ///
    /// - Parameters:
    ///   - environment: contains `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`.
    ///   - process: the process ID. Variables for another process are ignored.
    /// - Returns: the sockets in systemd's order; empty if none were passed.
    /// - Throws: an error if a variable is malformed.
    package static func addresses(
        in environment: [String: String],
        process: Int32 = getpid()
    ) throws(EndpointError) -> [ListenAddress] {
        guard let intended = environment["LISTEN_PID"], let counted = environment["LISTEN_FDS"] else {
            return []
        }
        guard let number = Int32(intended), number > 0 else {
            throw EndpointError(
                "LISTEN_PID: \"\(intended)\" is not a process ID; unset it or let systemd set it"
            )
        }
        guard number == process else { return [] }
        guard let count = Int32(counted), count >= 0, count <= Int32.max - firstDescriptor else {
            throw EndpointError("LISTEN_FDS: \"\(counted)\" is not a count; unset it or let systemd set it")
        }
        let names = try names(in: environment, count: Int(count))
        return (0..<count).map { index in
            .inherited(descriptor: firstDescriptor + index, name: names?[Int(index)] ?? "")
        }
    }

    /// Returns the sockets that were passed to this process.
    ///
    /// - Throws: an error if none were passed, or a variable is malformed.
    package static func requiredAddresses(
        in environment: [String: String]
    ) throws(EndpointError) -> [ListenAddress] {
        let addresses = try addresses(in: environment)
        guard !addresses.isEmpty else {
            throw EndpointError(
                "--web.systemd-socket: systemd has passed no sockets (LISTEN_FDS); start the .socket unit "
                    + "of this service, or use --web.listen-address instead"
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
                "LISTEN_FDNAMES: \"\(text)\" has \(names.count) names, but LISTEN_FDS is \(count); "
                    + "unset both or let systemd set them"
            )
        }
        return names
    }
}
