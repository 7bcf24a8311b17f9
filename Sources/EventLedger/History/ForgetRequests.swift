// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB

/// A writer of requests to forget, which the exporter carries out with its next discovery, or when it starts.
package enum ForgetRequests {
    /// Requests that the exporter forgets a tunnel or a connector.
    ///
    /// Blocks on the disk.
    ///
    /// - Parameters:
    ///   - tunnel: the tunnel's id; `nil` to forget the connector itself.
    ///   - key: a connector of the ledger.
    ///   - directory: the storage path of the exporter, which may be running.
    /// - Throws: if the connector is unknown, or if the database cannot be written.
    package static func add(
        tunnel: String? = nil,
        of key: ConnectorKey,
        directory: String
    ) throws(LedgerError) {
        let path = StorageDirectory.databasePath(in: directory)
        do {
            try LedgerDatabase.connection(in: directory, isReadOnly: false).write { db in
                guard let connector = try EventNames(reading: db).row(of: key) else {
                    throw LedgerError(.missing, "\(path): contains no connector \(key)")
                }
                try db.execute(
                    sql: "INSERT INTO forget_request (connector, tunnel) VALUES (?, ?)",
                    arguments: [connector, tunnel]
                )
            }
        } catch {
            throw LedgerError(error, path: path)
        }
    }
}
