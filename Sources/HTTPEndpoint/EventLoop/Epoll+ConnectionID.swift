// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

extension Epoll {
    /// Adds a connection's descriptor; closing the descriptor removes it.
    func add(_ id: ConnectionID, for readiness: Readiness) throws(Errno) {
        try add(id.descriptor, token: id.rawValue, for: readiness)
    }

    /// Changes the directions to wait for.
    func modify(_ id: ConnectionID, for readiness: Readiness) throws(Errno) {
        try modify(id.descriptor, token: id.rawValue, for: readiness)
    }
}

extension Epoll.Event {
    var id: ConnectionID { ConnectionID(rawValue: token) }
}
