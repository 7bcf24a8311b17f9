// SPDX-License-Identifier: Apache-2.0

/// The reason why a text is not a base URL.
package struct BaseURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The problem and its remedy, to follow the name of the setting: `api.base_url: …`.
    package let description: String

    init(_ description: String) { self.description = description }
}
