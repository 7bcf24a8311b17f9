// SPDX-License-Identifier: Apache-2.0

import Exporter
import WireText

/// A parsed duration is printed so that it parses to the same value.
enum DurationTarget {
    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        guard let duration = PrometheusDuration(String(decoding: input, as: UTF8.self)) else { return }
        try FuzzFinding.require(duration.milliseconds >= 0, "\(duration.milliseconds) ms")
        let again = PrometheusDuration(duration.description)
        try FuzzFinding.require(again == duration, "\(duration) reads back as \(String(describing: again))")
    }
}
