// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The members of a comma-separated list field, without white space and without empty members.
    ///
    /// Source: RFC 9110, 5.6.1.
    var listMembers: [Substring] {
        split(separator: ",").compactMap { member in
            let trimmed = member.drop { $0.isListBlank }
            guard let last = trimmed.lastIndex(where: { !$0.isListBlank }) else { return nil }
            return trimmed[...last]
        }
    }
}

extension Character {
    fileprivate var isListBlank: Bool { self == " " || self == "\t" }
}
