// SPDX-License-Identifier: Apache-2.0

/// An invalid parameter of a request.
struct QueryError: Error, Hashable, CustomStringConvertible {
    /// The parameter, the problem and the remedy.
    let description: String

    init(_ description: String) { self.description = description }
}
