// SPDX-License-Identifier: Apache-2.0

/// The suggestion for a misspelt key.
enum KeySuggestion {
    private static let maxDistance = 3

    /// Returns the remedy for an unknown key: the most similar key, or the list of keys.
    static func remedy(for unknown: String, among keys: [String]) -> String {
        let nearest = keys.map { (key: $0, distance: distance($0, unknown)) }
            .min { $0.distance < $1.distance }
        if let nearest, nearest.distance <= maxDistance { return "did you mean \(nearest.key)?" }
        if let longer = keys.first(where: { !unknown.isEmpty && $0.hasPrefix(unknown) }) {
            return "did you mean \(longer)?"
        }
        return "use one of \(keys.joined(separator: ", "))"
    }

    /// Returns the Levenshtein distance: the number of characters to replace, insert or delete.
    private static func distance(_ left: String, _ right: String) -> Int {
        // The known key on the left is shorter than 64 characters. The right key is as long as its file allows.
        let right = Array(right.prefix(64))
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substitution = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
