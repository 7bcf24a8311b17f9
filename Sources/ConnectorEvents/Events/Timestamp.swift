// SPDX-License-Identifier: Apache-2.0

/// A point in time.
///
/// Encoded as a bare number: seconds since the Unix epoch.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since the Unix epoch.
    package let seconds: Double

    /// Creates a timestamp from seconds since the Unix epoch.
    package init(_ seconds: Double) { self.seconds = seconds }

    /// Creates a timestamp from whole seconds since the Unix epoch.
    package init(_ seconds: Int) { self.seconds = Double(seconds) }

    /// The seconds since the Unix epoch, rounded down.
    package var wholeSeconds: Int {
        Int(exactly: seconds.rounded(.down)) ?? (seconds < 0 ? .min : .max)
    }

    /// The whole second that contains the time.
    package var roundedDown: Self { Self(seconds.rounded(.down)) }

    package static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

    /// Returns the time some seconds later.
    package static func + (time: Self, seconds: Double) -> Self { Self(time.seconds + seconds) }

    /// Returns the time some seconds earlier.
    package static func - (time: Self, seconds: Double) -> Self { Self(time.seconds - seconds) }

    /// Returns the seconds from the right time to the left one.
    package static func - (left: Self, right: Self) -> Double { left.seconds - right.seconds }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Double.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }
}
