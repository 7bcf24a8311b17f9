// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a base URL.
package struct BaseURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The end of a sentence that begins with the key: "`api.base_url`: …".
    package let description: String

    init(_ description: String) { self.description = description }
}
