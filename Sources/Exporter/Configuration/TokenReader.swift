// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HTTPTransport

/// Reads a token, and reads its file again when that has changed.
package struct TokenReader: Sendable {
    /// What changes when a file is written or replaced.
    private struct Fingerprint: Equatable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// The longest token file that is read, in bytes.
    private static let longest = 16 << 10

    private let source: TokenSource
    private var known: (fingerprint: Fingerprint, credential: Credential)?

    /// Takes the source and reads nothing.
    package init(_ source: TokenSource) { self.source = source }

    /// The token as it is now.
    ///
    /// - Throws: with the path of the file, where there is no token in it.
    package mutating func current() throws(ConfigurationError) -> Credential {
        switch source {
        case .literal(let credential): return credential
        case .file(let path):
            let fingerprint = try Self.fingerprint(of: path)
            if let known, known.fingerprint == fingerprint { return known.credential }
            let credential = try Self.read(path)
            known = (fingerprint, credential)
            return credential
        }
    }

    private static func fingerprint(of path: String) throws(ConfigurationError) -> Fingerprint {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw failure(path, errno) }
        return Fingerprint(
            inode: UInt(status.st_ino),
            size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    private static func read(_ path: String) throws(ConfigurationError) -> Credential {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        guard count >= 0 else { throw failure(path, errno) }
        guard count <= longest else {
            throw ConfigurationError("token file \(path): is longer than \(longest) bytes, which no token is")
        }
        guard let credential = Credential(String(decoding: bytes[..<count], as: UTF8.self)) else {
            throw ConfigurationError(
                "token file \(path): holds no token; write the API token and nothing else into it, on one line"
            )
        }
        return credential
    }

    private static func failure(_ path: String, _ code: Int32) -> ConfigurationError {
        ConfigurationError(
            "token file \(path): \(unsafe String(cString: strerror(code))); "
                + "write the API token into it, readable by this user"
        )
    }
}
