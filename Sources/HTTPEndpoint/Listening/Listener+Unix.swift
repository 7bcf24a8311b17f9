// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

extension Listener {
    /// What the user and the group of this process need to connect (unix(7), "Pathname socket ownership").
    private static let mode: mode_t = 0o660

    /// Makes a Unix socket and listens.
    ///
    /// - Parameters:
    ///   - path: absolute; the file of a process that has died is replaced.
    ///   - wanted: for messages.
    /// - Throws: an error that names the path, the system's reason and what to do.
    convenience init(making path: String, for wanted: ListenAddress) throws(EndpointError) {
        try SocketFile.makeRoom(at: path)
        do throws(Errno) {
            let descriptor = try Descriptor.socket(AF_UNIX)
            // The file takes its mode from the socket, less the umask, so that there is no moment in which others
            // may connect; what the umask has taken away is put back before anyone can.
            _ = try retrying { fchmod(descriptor.rawValue, Self.mode) }
            try descriptor.bind(to: ListenAddress.Resolved(path: path))
            let file = try SocketFile(at: path)
            do throws(Errno) {
                _ = try retrying { unsafe chmod(path, Self.mode) }
                _ = try retrying { Glibc.listen(descriptor.rawValue, SOMAXCONN) }
            } catch {
                file.remove()
                throw error
            }
            let address = try Self.name(of: descriptor)
            self.init(descriptor, at: address, file: file)
        } catch {
            throw EndpointError(
                "cannot listen on \(wanted): \(error). \(Self.advice(forFile: error))",
                errno: error.rawValue
            )
        }
    }

    private static func advice(forFile error: Errno) -> String {
        switch error.rawValue {
        case ENOENT: "Make its directory first."
        case EACCES, EPERM, EROFS: "Choose a directory in which the user of this process may write."
        case EADDRINUSE: "Another process has just made it: stop it, or choose another path."
        default: "Choose another path."
        }
    }
}
