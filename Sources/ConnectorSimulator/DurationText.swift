// SPDX-License-Identifier: Apache-2.0

import WireText

/// Durations in Prometheus's notation.
package enum DurationText {
    /// Reads a duration.
    ///
    /// - Returns: seconds, or `nil` if the text is not a duration.
    package static func seconds(_ text: String) -> Double? { PrometheusDuration(text)?.seconds }
}
