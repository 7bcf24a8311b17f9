// SPDX-License-Identifier: Apache-2.0

/// A body in one content coding, as one scrape is answered with it.
package struct EncodedBody: Sendable {
    /// Chunks that every scrape of the same body shares; none is empty.
    package let shared: [[UInt8]]

    /// How many bytes they are together.
    package let sharedCount: Int

    /// What follows for this scrape alone; may be empty.
    package let end: [UInt8]
}
