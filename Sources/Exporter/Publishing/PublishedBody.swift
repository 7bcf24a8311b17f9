// SPDX-License-Identifier: Apache-2.0

package import Exposition

/// What scrapes are answered with until the next change.
package struct PublishedBody: Sendable {
    /// Rises with every body, so that it is known which series a scrape has seen.
    package let generation: Int

    private let text: PreparedBody
    private let openMetrics: PreparedBody

    /// Puts segments together.
    ///
    /// - Parameters:
    ///   - generation: higher than that of the body before it.
    ///   - segments: those of a format, in their order.
    init(generation: Int, segments: (ExpositionFormat) -> [Segment]) {
        self.generation = generation
        text = PreparedBody(segments: segments(.text004))
        openMetrics = PreparedBody(segments: segments(.openMetrics100))
    }

    /// The body in a format.
    package subscript(dialect: ExpositionFormat) -> PreparedBody {
        switch dialect {
        case .text004: text
        case .openMetrics100: openMetrics
        }
    }
}
