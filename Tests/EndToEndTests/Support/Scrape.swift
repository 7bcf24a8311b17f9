// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The samples of one scrape, by series as written in the exposition.
struct Scrape: Sendable {
    let text: String
    let samples: [String: Double]

    init(_ text: String) {
        self.text = text
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        self.samples = samples
    }

    subscript(series: String) -> Double? { samples[series] }

    /// Returns the sum of a family's samples whose labels contain a text.
    func sum(_ family: String, _ part: String? = nil) -> Double {
        samples.filter { $0.key.hasPrefix("\(family){") && part.map($0.key.contains) ?? true }.values.reduce(
            0,
            +
        )
    }

    /// Returns the number of series of a family.
    func count(_ family: String) -> Int { samples.keys.count { $0.hasPrefix("\(family){") || $0 == family } }
}
