// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import LinuxSystem

extension Listener {
    /// Takes over a listening socket that the process inherited.
    ///
    /// - Parameters:
    ///   - number: a descriptor that no other code uses.
    ///   - requested: for error messages.
    /// - Throws: an error if the descriptor is not a listening stream socket.
    convenience init(adopting number: Int32, for requested: ListenAddress) throws(EndpointError) {
        let isOpen = clinux_get_flags(number) >= 0
        guard isOpen else {
            throw EndpointError(
                "cannot listen on \(requested): the descriptor is not open; start the service by its .socket unit",
                errno: EBADF
            )
        }
        let descriptor = Descriptor(adopting: number)
        do throws(Errno) {
            guard try descriptor.option(SOL_SOCKET, SO_ACCEPTCONN) == 1,
                try descriptor.option(SOL_SOCKET, SO_TYPE) == Int32(SOCK_STREAM.rawValue)
            else {
                throw Errno(rawValue: EINVAL)
            }
            _ = try retrying { clinux_set_nonblocking_cloexec(number) }
            let address = try Self.boundAddress(of: descriptor)
            self.init(descriptor, at: address)
        } catch {
            throw EndpointError(
                "cannot listen on \(requested): not a listening stream socket (\(error)); "
                    + "set ListenStream= and Accept=no in the .socket unit",
                errno: error.rawValue
            )
        }
    }
}
