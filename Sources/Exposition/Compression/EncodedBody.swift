// SPDX-License-Identifier: Apache-2.0

/// The body of one scrape response in one content coding.
package struct EncodedBody: Sendable {
    /// Chunks that all scrapes of the same body share; none is empty.
    package let shared: [[UInt8]]

    /// The total length of the shared chunks.
    package let sharedCount: Int

    /// The bytes of this scrape alone, after the shared chunks; may be empty.
    package let tail: [UInt8]
}
