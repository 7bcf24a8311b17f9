// SPDX-License-Identifier: Apache-2.0

package import Exposition

/// The body that scrapes receive until the next one is published.
package struct PublishedBody: Sendable {
    /// A number that increases with each body.
    ///
    /// It identifies the series that a scrape has received.
    package let generation: Int

    private let text: PreparedBody
    private let openMetrics: PreparedBody

    /// Creates a body.
    ///
    /// - Parameters:
    ///   - generation: a higher number than that of the previous body.
    ///   - segments: returns the segments of a format, in order.
    init(generation: Int, segments: (ExpositionFormat) -> [Segment]) {
        self.generation = generation
        text = PreparedBody(segments: segments(.text004))
        openMetrics = PreparedBody(segments: segments(.openMetrics100))
    }

    /// Returns the body in a format.
    package subscript(format: ExpositionFormat) -> PreparedBody {
        switch format {
        case .text004: text
        case .openMetrics100: openMetrics
        }
    }
}
