// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import LinuxSystem

extension Listener {
    /// Takes over a socket that the process was started with.
    ///
    /// - Parameters:
    ///   - number: of a descriptor that nobody else uses.
    ///   - wanted: for messages.
    /// - Throws: an error where it is no listening socket of streams.
    convenience init(adopting number: Int32, for wanted: ListenAddress) throws(EndpointError) {
        let isOpen = clinux_get_flags(number) >= 0
        guard isOpen else {
            throw EndpointError("cannot listen on \(wanted): there is no such descriptor.", errno: EBADF)
        }
        let descriptor = Descriptor(adopting: number)
        do throws(Errno) {
            guard try descriptor.option(SOL_SOCKET, SO_ACCEPTCONN) == 1,
                try descriptor.option(SOL_SOCKET, SO_TYPE) == Int32(SOCK_STREAM.rawValue)
            else {
                throw Errno(rawValue: EINVAL)
            }
            _ = try retrying { clinux_keep_to_this_process(number) }
            let address = try Self.name(of: descriptor)
            self.init(descriptor, at: address)
        } catch {
            throw EndpointError(
                "cannot listen on \(wanted): it is not a stream socket that listens (\(error)); "
                    + "the .socket unit must say ListenStream= and Accept=no.",
                errno: error.rawValue
            )
        }
    }
}
