// SPDX-License-Identifier: Apache-2.0

import WireText

/// HTTP dates survive formatting and parsing.
///
/// The input is a field value. Its first eight bytes are also a time.
enum DateTarget {
    /// All of the years 0 to 9999.
    private static let times = -62_167_219_200...253_402_300_799

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let number = input.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let time = times.lowerBound + Int(number % UInt64(times.count))
        let written = text(time)
        let read = CivilTime.parseIMFFixdate(written)
        try FuzzFinding.require(
            read == time,
            "\(time) is written as \(written), which is \(String(describing: read))"
        )
        try checkField(String(decoding: input, as: UTF8.self))
    }

    private static func checkField(_ value: String) throws(FuzzFinding) {
        guard let read = CivilTime.parseIMFFixdate(value), !value.contains(":60 ") else { return }
        guard times.contains(read) else {
            throw FuzzFinding(description: "\(value.debugDescription) is \(read)")
        }
        // The day of the week is not checked.
        let words = value.split(separator: " ").dropFirst()
        try FuzzFinding.require(
            words.elementsEqual(text(read).split(separator: " ").dropFirst()),
            "\(value.debugDescription) is read as \(text(read))"
        )
    }

    private static func text(_ time: Int) -> String {
        CivilTime(secondsSinceEpoch: time).imfFixdate
    }
}
