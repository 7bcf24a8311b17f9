// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import Polling

/// The sample lines of one account.
struct AccountFamilies {
    /// The lines of the families of `MetricCatalogue.ofAccounts`, by column.
    let lines: [[UInt8]]

    /// Writes all lines; the histograms only once the history import is over, so that history is no news in
    /// them.
    init(_ view: AccountView, columns: FamilyColumns) {
        var families = FamilyWriter(
            columns,
            labels: [Label(name: "account_id", value: view.account)],
            created: view.countedSince.map(Double.init)
        )
        if let histograms = view.histograms {
            families.append(MetricCatalogue.deliveryDelay, [], HistogramValue(histograms[.deliveryDelay]))
            families.append(MetricCatalogue.rekeyDuration, [], HistogramValue(histograms[.rekey]))
            for operation in Operation.allCases {
                for outcome in Operation.Outcome.allCases {
                    families.append(
                        MetricCatalogue.operationDuration,
                        [
                            Label(name: "operation", value: operation.rawValue),
                            Label(name: "outcome", value: outcome.rawValue),
                        ],
                        HistogramValue(histograms[.operation(operation, outcome)])
                    )
                }
            }
        }
        families.append(MetricCatalogue.pollInterval, [], view.pollInterval)
        if let succeeded = view.discoverySucceeded {
            families.append(MetricCatalogue.discoverySuccess, [], succeeded)
        }
        families.append(MetricCatalogue.connectors, [], view.connectors)
        lines = families.lines
    }
}
