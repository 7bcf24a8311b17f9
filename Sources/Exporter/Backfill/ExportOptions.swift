// SPDX-License-Identifier: Apache-2.0

/// The options of an export, as the command line contains them.
package struct ExportOptions: Sendable {
    /// The path of the configuration; `nil` for the default thresholds and windows.
    package var configurationFile: String?

    /// The directory of the ledger.
    package var storagePath: String

    /// The start, as `TimeReference` reads it.
    package var since = "30d"

    /// The end, as `TimeReference` reads it; `nil` for now.
    package var until: String?

    /// The time between two samples of a counter that changes, as a duration.
    package var step = "1m"

    /// The only accounts; empty for all.
    package var accounts: [String] = []

    /// The only connectors; empty for all.
    package var connectors: [String] = []

    /// Labels to add to every sample, as `NAME=VALUE`.
    package var labels: [String] = []

    /// Whether states are repeated between their changes.
    package var repeatsStates = false

    /// Creates options with defaults.
    package init(configurationFile: String?, storagePath: String) {
        self.configurationFile = configurationFile
        self.storagePath = storagePath
    }
}
