// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
import LinuxSystem

/// Reads a token, and reads its file again when that has changed.
package struct TokenReader: Sendable {
    /// The longest token file that is read, in bytes.
    private static let longest = 16 << 10

    private let source: TokenSource
    private var known: (fingerprint: FileFingerprint, credential: Credential)?

    /// Takes the source and reads nothing.
    package init(_ source: TokenSource) { self.source = source }

    /// The token as it is now.
    ///
    /// - Throws: with the path of the file, where there is no token in it.
    package mutating func current() throws(ConfigurationError) -> Credential {
        switch source {
        case .literal(let credential): return credential
        case .file(let path):
            if let known, known.fingerprint == (try? FileFingerprint(path: path)) { return known.credential }
            let file = try Self.read(path)
            let credential = try Self.credential(in: file.bytes, of: path)
            known = (file.fingerprint, credential)
            return credential
        }
    }

    private static func read(_ path: String) throws(ConfigurationError) -> FileContents {
        do throws(FileReadError) {
            return try readFile(at: path, limit: longest)
        } catch {
            let remedy =
                switch error {
                case .system: "; write the API token into it, readable by this user"
                case .tooLong: ", which no token is"
                }
            throw ConfigurationError("token file \(path): \(error)\(remedy)")
        }
    }

    private static func credential(
        in bytes: [UInt8],
        of path: String
    ) throws(ConfigurationError) -> Credential {
        guard let credential = Credential(String(decoding: bytes, as: UTF8.self)) else {
            throw ConfigurationError(
                "token file \(path): holds no token; write the API token and nothing else into it, on one line"
            )
        }
        return credential
    }
}
