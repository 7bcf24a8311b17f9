// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Polling

/// One account, as its metric families describe it.
struct AccountStatus: MetricSubject {
    let view: AccountView

    static let namePrefix = ConnectorStatus.namePrefix
    static let labels = ["account_id"]

    var labelValues: [String] { [view.account] }

    var countedSince: Timestamp? { view.countedSince }
}
