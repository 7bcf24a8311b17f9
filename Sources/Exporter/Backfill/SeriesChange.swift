// SPDX-License-Identifier: Apache-2.0

/// A value that a series has from a time on.
struct SeriesChange: Sendable, Hashable {
    /// Whole seconds since the Unix epoch.
    let time: Int

    /// The value; NaN if the series does not exist.
    let value: Double

    /// Whether the series exists.
    var exists: Bool { !value.isNaN }
}
