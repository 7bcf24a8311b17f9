// SPDX-License-Identifier: Apache-2.0

package import WireText

extension Configuration {
    /// The `storage` section.
    package struct Storage: Sendable, Hashable {
        /// How long events can be read after they were recorded.
        package var eventsRetention = PrometheusDuration.seconds(30 * 86400)

        /// Creates the section with the default retention.
        package init() {}
    }

    /// The `events_log` section.
    package struct EventsLog: Sendable, Hashable {
        /// The path of the file, `-` for standard output, or `nil` for no log.
        package var path: String?

        /// Creates the section without a log.
        package init() {}
    }
}
