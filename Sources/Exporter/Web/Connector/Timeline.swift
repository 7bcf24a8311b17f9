// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import WireText

/// The number of events over time as a chart: all selected events upwards, and failures downwards.
///
/// Position distinguishes failures as well as colour.
struct Timeline {
    /// The width of an interval and the heights of the two directions, in units of the chart.
    private static let (width, up, down) = (10, 100, 44)

    let range: TimelineRange

    /// The recording times of the oldest and newest events that are counted; `nil` for no limit.
    private let (since, until): (Timestamp?, Timestamp?)

    /// The counts of all kinds.
    private let counts: [IntervalCount]

    private let selected: Set<EventKind>
    private let failures: Set<EventKind>

    /// Creates a timeline.
    ///
    /// - Parameters:
    ///   - range: the time that it shows.
    ///   - since: the recording time of the oldest events that are counted; `nil` for no limit.
    ///   - until: the recording time of the newest events that are counted; `nil` for no limit.
    ///   - counts: the events of all kinds in its intervals.
    ///   - selected: returns whether events of a kind are shown.
    init(
        _ range: TimelineRange,
        since: Timestamp?,
        until: Timestamp?,
        _ counts: [IntervalCount],
        selected: (EventKind) -> Bool
    ) {
        self.range = range
        (self.since, self.until) = (since, until)
        self.counts = counts
        let kinds = Set(counts.map(\.kind))
        self.selected = kinds.filter(selected)
        failures = kinds.filter(\.isFailure)
    }

    /// The number of events by kind, also of those that are not selected.
    var kinds: [(kind: EventKind, count: Int)] {
        Dictionary(counts.map { ($0.kind, $0.count) }, uniquingKeysWith: +).map {
            (kind: $0.key, count: $0.value)
        }
        .sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }
    }

    /// Returns the chart.
    ///
    /// - Parameter address: returns the address of the page for the times of a segment.
    /// - Returns: a figure with an image, its text, and one link for each segment.
    func html(address: (_ since: String, _ until: String) -> String) -> HTML {
        var totals = [Int](repeating: 0, count: range.intervals)
        var failures = totals
        for count in counts where selected.contains(count.kind) && totals.indices.contains(count.interval) {
            totals[count.interval] += count.count
            if self.failures.contains(count.kind) { failures[count.interval] += count.count }
        }
        let total = totals.reduce(0, +)
        let failed = failures.reduce(0, +)
        let text =
            "\(PageText.count(total, "event")) \(span), of which "
            + "\(PageText.number(failed)) \(failed == 1 ? "is a failure" : "are failures")"
        return """
            <figure>
            <figcaption>\(text). Bars up: events, at most \(totals.max() ?? 0) in \(Self.length(range.interval)); \
            bars down: failures, at most \(failures.max() ?? 0).</figcaption>
            \(chart(totals, failures, text: text))
            <ol class="segments">
            \((0..<range.segments).map { segment($0, totals, failures, address) })</ol>
            </figure>
            """
    }

    /// The counted time, in words.
    private var span: String {
        let start = max(range.start, since.map(PageText.clamped) ?? range.start)
        guard let until else { return "since \(Self.text(start))" }
        return "from \(Self.text(start)) to \(Self.text(PageText.clamped(until)))"
    }

    private func chart(_ totals: [Int], _ failures: [Int], text: String) -> HTML {
        let (width, height) = (range.intervals * Self.width, Self.up + Self.down + 2)
        let lines = (1..<max(2, range.segments)).map { index -> HTML in
            let x = index * range.intervalsPerSegment * Self.width
            return "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"\(height)\"/>"
        }
        let maxima = (totals.max() ?? 0, failures.max() ?? 0)
        let bars = totals.indices.flatMap { index -> [HTML] in
            [
                bar(index, totals[index], of: maxima.0, height: Self.up, isFailure: false),
                bar(index, failures[index], of: maxima.1, height: Self.down, isFailure: true),
            ]
        }
        return """
            <svg class="chart" viewBox="0 0 \(width) \(height)" preserveAspectRatio="none" role="img" aria-label="\(text)">
            \(range.segments > 1 ? lines : [])
            \(bars)
            <line class="zero" x1="0" x2="\(width)" y1="\(Self.up + 1)" y2="\(Self.up + 1)"/>
            </svg>
            """
    }

    private func bar(_ index: Int, _ count: Int, of maximum: Int, height: Int, isFailure: Bool) -> HTML {
        guard count > 0 else { return "" }
        // Even one event of thousands must be visible.
        let size = max(3, count * height / max(1, maximum))
        let y = isFailure ? Self.up + 2 : Self.up - size
        let start = Self.text(range.start + index * range.interval)
        let noun = isFailure ? "failure" : "event"
        return """
            <rect class="\(isFailure ? "fail" : "bar")" x="\(index * Self.width + 1)" y="\(y)" width="\(Self.width - 2)" \
            height="\(size)"><title>\(start): \(PageText.count(count, noun))</title></rect>

            """
    }

    private func segment(
        _ index: Int,
        _ totals: [Int],
        _ failures: [Int],
        _ address: (_ since: String, _ until: String) -> String
    ) -> HTML {
        let intervals = index * range.intervalsPerSegment..<(index + 1) * range.intervalsPerSegment
        let start = range.start + index * range.segment
        let since = CivilTime(secondsSinceEpoch: start).rfc3339
        let until = CivilTime(secondsSinceEpoch: start + range.segment - 1).rfc3339
        let failed = failures[intervals].reduce(0, +)
        let name =
            range.segment < 86_400
            ? String(since.dropFirst(11).prefix(5)) : String(since.dropFirst(5).prefix(5))
        let label: HTML =
            range.segment > 600 ? "<a href=\"\(address(since, until))\">\(name)</a>" : "<b>\(name)</b>"
        let total = PageText.number(totals[intervals].reduce(0, +))
        let failures: HTML =
            failed > 0
            ? """
            <span class="failed">\(PageText.number(failed))<span class="hidden"> failures</span>\
            <span class="long" aria-hidden="true"> failed</span></span>
            """ : ""
        return "<li>\(label) <b>\(total)<span class=\"hidden\"> events</span></b> \(failures)</li>\n"
    }

    private static func text(_ seconds: Int) -> String {
        String(CivilTime(secondsSinceEpoch: seconds).rfc3339.replacing("T", with: " ").dropLast(4)) + " UTC"
    }

    private static func length(_ seconds: Int) -> String {
        switch seconds {
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
