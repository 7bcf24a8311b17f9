// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem

/// The file of a Unix socket that this process has created.
struct SocketFile: Sendable {
    private let path: String
    private let identity: FileIdentity

    /// Records the identity of a file that was just created.
    ///
    /// - Throws: an error if the file no longer exists.
    init(at path: String) throws(Errno) {
        self.path = path
        identity = try FileIdentity(path: path, followsSymbolicLink: false)
    }

    /// Removes the file, unless another process has replaced it.
    func remove() {
        guard let current = try? SocketFile(at: path), current.identity == identity else { return }
        unsafe unlink(path)
    }

    /// Removes a socket file that a terminated process left behind.
    ///
    /// - Throws: an error if the file is not a socket, or a process listens on it.
    static func removeStale(at path: String) throws(EndpointError) {
        var status = stat()
        // If the file cannot be examined, bind(2) reports the reason.
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw EndpointError(
                "cannot listen on unix:\(path): a file that is not a socket has this path; "
                    + "move it away, or choose another path",
                errno: EADDRINUSE
            )
        }
        guard try !hasListener(path) else {
            throw EndpointError(
                "cannot listen on unix:\(path): another process listens on it (`ss -lxp` lists it); "
                    + "stop it, or choose another path",
                errno: EADDRINUSE
            )
        }
        unsafe unlink(path)
    }

    /// Whether a process listens on a socket.
    ///
    /// Connecting to a stale socket is refused.
    private static func hasListener(_ path: String) throws(EndpointError) -> Bool {
        do throws(Errno) {
            try Descriptor.socket(AF_UNIX).connect(to: ListenAddress.Resolved(path: path))
            return true
        } catch {
            switch error.rawValue {
            case ECONNREFUSED, ENOENT: return false
            // The backlog of the listener is full.
            case EAGAIN: return true
            default:
                throw EndpointError(
                    "cannot listen on unix:\(path): cannot check whether a process listens on it: \(error); "
                        + "remove the file if no process does, or choose another path",
                    errno: error.rawValue
                )
            }
        }
    }
}
