// SPDX-License-Identifier: Apache-2.0

package import Exposition

/// What scrapes are answered with until the next change.
package struct PublishedBody: Sendable {
    /// Rises with every body, so that it is known which series a scrape has seen.
    package let generation: Int

    private let text: PreparedBody
    private let openMetrics: PreparedBody

    /// Puts families together.
    ///
    /// - Parameters:
    ///   - generation: higher than that of the body before it.
    ///   - families: what goes before each family, by dialect, and its segments; families without a sample
    ///     are left out.
    init(generation: Int, families: [(preamble: [Dialect: Segment], samples: [Segment])]) {
        func body(_ dialect: Dialect) -> PreparedBody {
            PreparedBody(
                segments: families.flatMap { family -> [Segment] in
                    guard family.samples.contains(where: { $0.count > 0 }),
                        let preamble = family.preamble[dialect]
                    else { return [] }
                    return [preamble] + family.samples
                }
            )
        }
        self.generation = generation
        text = body(.text004)
        openMetrics = body(.openMetrics100)
    }

    /// The body in a format.
    package subscript(dialect: Dialect) -> PreparedBody {
        switch dialect {
        case .text004: text
        case .openMetrics100: openMetrics
        }
    }
}
