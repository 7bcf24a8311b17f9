// SPDX-License-Identifier: Apache-2.0

import WireText

@testable import Exporter

/// A Go duration is never negative, and agrees with Prometheus's syntax where both accept a text.
enum GoDurationTarget {
    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let text = String(decoding: input, as: UTF8.self)
        let duration = GoDuration.parse(text)
        if let duration {
            try FuzzFinding.require(duration >= .zero, "\(text.debugDescription) is \(duration)")
            let (seconds, attoseconds) = duration.components
            let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
            try FuzzFinding.require(
                GoDuration.parse("\(nanoseconds)ns") == duration,
                "\(nanoseconds)ns is not \(duration)"
            )
            try FuzzFinding.require(
                text == "0" || GoDuration.parse(text + "0s") == duration,
                "\(text)0s is not \(duration)"
            )
        }
        guard let other = PrometheusDuration(text), !text.utf8.contains(where: { "dwy".utf8.contains($0) })
        else {
            return
        }
        try FuzzFinding.require(
            duration == other.duration,
            "\(text.debugDescription) is \(String(describing: duration)) to Go and \(other) to Prometheus"
        )
    }
}
