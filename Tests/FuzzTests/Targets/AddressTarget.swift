// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint

/// A parsed address is printed so that it parses again, and a socket path fits into `sockaddr_un`.
enum AddressTarget {
    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let text = String(decoding: input.prefix(300), as: UTF8.self)
        guard let address = try parse(text) else { return }
        let again = try parse(address.description)
        try FuzzFinding.require(again == address, "\(address) reads back as \(String(describing: again))")
        guard case .unix(let path) = address else { return }
        try FuzzFinding.require(path.utf8.first == UInt8(ascii: "/"), "the relative path \(path)")
        let socket = SocketAddress(ListenAddress.Resolved(path: path).storage)
        try FuzzFinding.require(
            socket.path.map { Array($0.utf8) } == Array(path.utf8),
            "\(path) is \(socket) to the kernel"
        )
    }

    private static func parse(_ text: String) throws(FuzzFinding) -> ListenAddress? {
        do throws(EndpointError) {
            return try ListenAddress.parse(text)
        } catch {
            try FuzzFinding.require(!"\(error)".isEmpty, "an error without a word")
            return nil
        }
    }
}
