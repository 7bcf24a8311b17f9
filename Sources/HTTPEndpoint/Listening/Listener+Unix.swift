// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem

extension Listener {
    /// Lets the user and the group of this process connect (unix(7), "Pathname socket ownership").
    private static let mode: mode_t = 0o660

    /// Creates a Unix socket and listens on it.
    ///
    /// - Parameters:
    ///   - path: absolute. A stale socket file at this path is replaced.
    ///   - requested: for error messages.
    /// - Throws: an error with the path, the system's reason and a remedy.
    convenience init(creating path: String, for requested: ListenAddress) throws(EndpointError) {
        try SocketFile.removeStale(at: path)
        do throws(Errno) {
            let descriptor = try Descriptor.socket(AF_UNIX)
            // bind(2) creates the file with the socket's mode minus the umask, so that others can never connect.
            // chmod(2) restores what the umask removed, before listen(2) lets any client connect.
            _ = try retrying { fchmod(descriptor.rawValue, Self.mode) }
            try descriptor.bind(to: ListenAddress.Resolved(path: path))
            let file = try SocketFile(at: path)
            do throws(Errno) {
                _ = try retrying { unsafe chmod(path, Self.mode) }
                try descriptor.listen()
            } catch {
                file.remove()
                throw error
            }
            let address = try Self.boundAddress(of: descriptor)
            self.init(descriptor, at: address, file: file)
        } catch {
            throw EndpointError(
                "cannot listen on \(requested): \(error); \(Self.remedy(forFile: error))",
                errno: error.rawValue
            )
        }
    }

    private static func remedy(forFile error: Errno) -> String {
        switch error.rawValue {
        case ENOENT: "create its directory first"
        case EACCES, EPERM, EROFS: "choose a directory in which the user of this process may write"
        case EADDRINUSE: "another process has just created it; stop it, or choose another path"
        default: "choose another path"
        }
    }
}
