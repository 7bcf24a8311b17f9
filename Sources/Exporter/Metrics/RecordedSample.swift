// SPDX-License-Identifier: Apache-2.0

/// A sample of a family as a value, before it is encoded.
struct RecordedSample: Sendable, Hashable {
    /// The values of the labels that the family adds to those of the subject.
    let labels: [String]

    let value: Double
}
