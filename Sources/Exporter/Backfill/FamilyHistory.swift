// SPDX-License-Identifier: Apache-2.0

/// The series of one family and one connector, with their changes that are not written yet.
struct FamilyHistory {
    /// A series with its changes.
    struct Series {
        /// The values of the family's own labels.
        let labels: [String]

        fileprivate(set) var changes: [SeriesChange] = []

        /// Whether changes were removed before, so that the reader knows the labels.
        fileprivate(set) var isContinued = false

        fileprivate var value = Double.nan

        fileprivate init(labels: [String]) { self.labels = labels }

        /// Sets the value from a time on, and returns whether it is a new change.
        fileprivate mutating func set(_ value: Double, at time: Int) -> Bool {
            guard value != self.value, !(value.isNaN && self.value.isNaN) else { return false }
            self.value = value
            let change = SeriesChange(time: time, value: value)
            if let last = changes.last, last.time >= time {
                changes[changes.count - 1] = change
                return false
            }
            changes.append(change)
            return true
        }
    }

    /// The series in the order of their first samples.
    private(set) var series: [Series] = []

    private var indices: [[String]: Int] = [:]

    /// The series of the last samples, in the order of the samples.
    private var current: [Int] = []

    /// Compares the samples of a time with those before.
    ///
    /// - Parameters:
    ///   - samples: all samples of the family. A value that is infinite is unknown, and the series does not exist then.
    ///   - time: not before the previous time.
    /// - Returns: the number of new changes.
    mutating func set(_ samples: [RecordedSample], at time: Int) -> Int {
        if !isCurrent(samples) {
            let former = current
            current = samples.map { index(of: $0.labels) }
            let present = Set(current)
            var changes = 0
            for index in former where !present.contains(index) {
                if series[index].set(.nan, at: time) { changes += 1 }
            }
            return changes + setValues(samples, at: time)
        }
        return setValues(samples, at: time)
    }

    /// Removes all changes that were written.
    mutating func removeChanges() {
        for index in series.indices where !series[index].changes.isEmpty {
            series[index].changes.removeAll(keepingCapacity: true)
            series[index].isContinued = true
        }
    }

    private mutating func setValues(_ samples: [RecordedSample], at time: Int) -> Int {
        var changes = 0
        for (sample, index) in zip(samples, current) {
            let value = sample.value.isFinite ? sample.value : .nan
            if series[index].set(value, at: time) { changes += 1 }
        }
        return changes
    }

    private func isCurrent(_ samples: [RecordedSample]) -> Bool {
        guard samples.count == current.count else { return false }
        for (sample, index) in zip(samples, current) where series[index].labels != sample.labels {
            return false
        }
        return true
    }

    private mutating func index(of labels: [String]) -> Int {
        if let index = indices[labels] { return index }
        series.append(Series(labels: labels))
        indices[labels] = series.count - 1
        return series.count - 1
    }
}
