// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// The file of a Unix socket that this process has made.
struct SocketFile: Sendable {
    private let path: String
    private let identity: FileIdentity

    /// Takes note of a file that was just made.
    ///
    /// - Throws: where it is gone already.
    init(at path: String) throws(Errno) {
        self.path = path
        identity = try FileIdentity(path: path, followsSymbolicLink: false)
    }

    /// Removes the file, unless another process has put its own in the place.
    func remove() {
        guard let now = try? SocketFile(at: path), now.identity == identity else { return }
        unsafe unlink(path)
    }

    /// Makes room for a socket: removes the file of a process that has ended without doing so.
    ///
    /// - Throws: an error where the file is none of a socket, or a process listens behind it.
    static func makeRoom(at path: String) throws(EndpointError) {
        var status = stat()
        // Whatever else there is to be said against the path, bind(2) will say.
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw EndpointError(
                "cannot listen on unix:\(path): a file that is not a socket has this path; "
                    + "move it away, or choose another path.",
                errno: EADDRINUSE
            )
        }
        guard try !isAlive(path) else {
            throw EndpointError(
                "cannot listen on unix:\(path): another process listens on it (`ss -lxp` shows which); "
                    + "stop it, or choose another path.",
                errno: EADDRINUSE
            )
        }
        unsafe unlink(path)
    }

    /// Whether someone listens: a socket whose process has ended refuses.
    private static func isAlive(_ path: String) throws(EndpointError) -> Bool {
        do throws(Errno) {
            try Descriptor.socket(AF_UNIX).connect(to: ListenAddress.Resolved(path: path))
            return true
        } catch {
            switch error.rawValue {
            case ECONNREFUSED, ENOENT: return false
            // Its backlog is full.
            case EAGAIN: return true
            default:
                throw EndpointError(
                    "cannot listen on unix:\(path): it cannot be told whether a process listens on it: \(error); "
                        + "remove the file if none does, or choose another path.",
                    errno: error.rawValue
                )
            }
        }
    }
}
