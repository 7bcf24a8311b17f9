// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The members of a comma-separated HTTP list, without surrounding spaces and without empty members.
    ///
    /// Quoted strings are not recognized. `HeaderScanner` reads lists whose members may contain a quoted comma.
    ///
    /// Source: RFC 9110, 5.6.1.
    package var listMembers: [Substring] {
        split(separator: ",").compactMap { member in
            let trimmed = member.drop(while: \.isBlank)
            guard let last = trimmed.lastIndex(where: { !$0.isBlank }) else { return nil }
            return trimmed[...last]
        }
    }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}
