// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import GRDB

extension Timestamp: DatabaseValueConvertible {
    /// Whole seconds are stored as an integer, as earlier versions did.
    var databaseValue: DatabaseValue {
        Int64(exactly: seconds)?.databaseValue ?? seconds.databaseValue
    }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Double.fromDatabaseValue(value).map { Timestamp($0) }
    }
}
