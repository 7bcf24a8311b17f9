// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

@testable import HTTPEndpoint

/// A TLS stream detects clear text by its first byte, fails with a readable reason, and ends with its client.
///
/// The first byte of the input seeds the lengths of the pieces in which the rest arrives.
enum TLSTarget {
    private static let context: TLSContext? = try? TLSContext(
        TLSSettings(certificate: pem(certificate), key: pem(key))
    )

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        guard let context else { throw FuzzFinding(description: "the certificate cannot be used") }
        guard let seed = input.first, input.count > 1 else { return }
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { return }
        let client = Descriptor(adopting: ends[0])
        let server = Descriptor(adopting: ends[1])
        guard let stream = TLSStream(context, on: server.rawValue) else { return }
        var rest = input.dropFirst()
        let isClearText = rest.first.map { (0x41...0x5a).contains($0) } ?? false
        while !rest.isEmpty {
            let piece = Array(rest.prefix(1 + Int(seed) * 3))
            rest = rest.dropFirst(piece.count)
            guard unsafe write(client.rawValue, piece, piece.count) == piece.count else { return }
            if try hasEnded(stream, on: server.rawValue, expectingClearText: isClearText) { return }
            discardOutput(of: client.rawValue)
        }
        shutdown(client.rawValue, Int32(SHUT_WR))
        try FuzzFinding.require(
            try hasEnded(stream, on: server.rawValue, expectingClearText: isClearText),
            "the stream does not end with its client"
        )
    }

    /// Reads while the socket has input, and returns whether the stream has ended.
    private static func hasEnded(
        _ stream: TLSStream,
        on descriptor: Int32,
        expectingClearText isClearText: Bool
    ) throws(FuzzFinding) -> Bool {
        var buffer = [UInt8](repeating: 0, count: TLSStream.recordBytes)
        var byte: UInt8 = 0
        for _ in 0..<1000 {
            switch stream.read(into: &buffer) {
            case .bytes: throw FuzzFinding(description: "bytes without a handshake")
            case .blocked: if unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK)) < 0 { return false }
            case .clearText:
                try FuzzFinding.require(isClearText, "TLS is taken for clear text")
                return true
            case .handshakeFailed(let reason):
                try requireReadable(reason)
                return true
            case .end, .broken: return true
            }
        }
        throw FuzzFinding(description: "a thousand reads consume 4 KiB")
    }

    private static func discardOutput(of descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while unsafe read(descriptor, &buffer, buffer.count) > 0 {}
    }

    private static func pem(_ text: String) -> TLSSettings.PEM {
        TLSSettings.PEM(source: "fuzz", bytes: Array(text.utf8))
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARugAwIBAgIUFymo+mK0A0BD7bX8vK3jEIzymgMwCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMjQxNTM3MzFaGA8yMTI2MTAzMTE1Mzcz
        MVowDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFJ2
        RMtEcXQmmp75PviCObfG0Q3ZqAMBGjvj2qgymgDi4twI5SxKzvKQm2ytDJ3puMP3
        v1azu7snzpDh5mpc4HejUzBRMB0GA1UdDgQWBBSEs6C0DZrF95eX9K6WnJjgoGYX
        yTAfBgNVHSMEGDAWgBSEs6C0DZrF95eX9K6WnJjgoGYXyTAPBgNVHRMBAf8EBTAD
        AQH/MAoGCCqGSM49BAMCA0cAMEQCIAYH0WrSvQiZcLARBm/omeeDNdtzzSYNb7M8
        vQtwi5tMAiARSUOeUBcjcsofq/3ZMAsBQOLlwe70bhiPH697iFxYyg==
        -----END CERTIFICATE-----
        """

    /// A key that is used nowhere else.
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgq2pIrwDhM5MPi8i2
        ahJ1sREvQSR/FDJhACY3DFTMvU+hRANCAARSdkTLRHF0Jpqe+T74gjm3xtEN2agD
        ARo749qoMpoA4uLcCOUsSs7ykJtsrQyd6bjD979Ws7u7J86Q4eZqXOB3
        -----END PRIVATE KEY-----
        """
}
