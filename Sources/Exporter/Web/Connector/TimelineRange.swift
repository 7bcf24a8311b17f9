// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The time that a timeline shows: a few segments of equal length, each divided into intervals.
struct TimelineRange: Equatable {
    /// A length of segments in seconds, and the number of intervals in each.
    private static let scales: [(segment: Int, intervals: Int)] = [
        (600, 10), (3600, 12), (10_800, 12), (21_600, 12), (86_400, 24), (604_800, 28),
        (2_592_000, 30), (31_536_000, 73),
    ]

    /// The maximum number of segments.
    private static let maxSegments = 9

    /// The length of the timeline if the filter has no times.
    static let defaultLength = 7 * 86_400

    /// The start of the first segment, in seconds since the Unix epoch.
    let start: Int

    /// The length of a segment in seconds.
    let segment: Int

    /// The number of segments.
    let segments: Int

    /// The number of intervals of a segment.
    let intervalsPerSegment: Int

    /// Creates the range that shows the times of a filter, or the last seven days.
    ///
    /// A range of more than nine years shows its end.
    init(since: Timestamp?, until: Timestamp?, now: Timestamp) {
        let end: Int = PageText.clamped(until ?? now)
        let begin: Int = min(end, since.map(PageText.clamped) ?? (end - Self.defaultLength))
        let fitting = Self.scales.first { end / $0.segment - begin / $0.segment < Self.maxSegments }
        let scale = fitting ?? (segment: 31_536_000, intervals: 73)
        segment = scale.segment
        intervalsPerSegment = scale.intervals
        let last = end / scale.segment
        let first = max(begin / scale.segment, last - Self.maxSegments + 1)
        start = first * scale.segment
        segments = last - first + 1
    }

    /// The length of an interval in seconds.
    var interval: Int { segment / intervalsPerSegment }

    /// The number of intervals.
    var intervals: Int { segments * intervalsPerSegment }

    /// The end, in seconds since the Unix epoch.
    var end: Int { start + segments * segment }
}
