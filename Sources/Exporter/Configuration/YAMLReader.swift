// SPDX-License-Identifier: Apache-2.0

import Yams

/// A mapping of a YAML file that is read key by key, so that what is left over is an error.
struct YAMLReader {
    private let file: String
    private let prefix: String
    private let line: Int
    private var pairs: [(key: String, line: Int, value: Node)] = []
    private var asked: [String] = []

    /// Reads a mapping.
    ///
    /// - Parameters:
    ///   - node: the mapping; an empty value is one without keys, except at the top.
    ///   - file: named in errors.
    ///   - prefix: the path of keys that leads to it, with a dot at its end; empty at the top.
    /// - Throws: where it is not a mapping, or a key is not a word or is given twice.
    init(_ node: Node, file: String, prefix: String) throws(ConfigurationError) {
        self.file = file
        self.prefix = prefix
        line = node.mark?.line ?? 1
        if node.isEmptyValue, !prefix.isEmpty { return }
        guard let mapping = node.mapping else {
            throw Self.error(
                file,
                line,
                prefix.isEmpty ? "" : String(prefix.dropLast()),
                "is not a mapping of keys to values"
            )
        }
        for (keyNode, value) in mapping {
            let keyLine = keyNode.mark?.line ?? line
            guard let key = keyNode.scalar?.string else {
                throw Self.error(file, keyLine, prefix, "has a key that is not a word")
            }
            guard !pairs.contains(where: { $0.key == key }) else {
                throw Self.error(file, keyLine, prefix + key, "is given twice")
            }
            pairs.append((key, keyLine, value))
        }
    }

    static func error(_ file: String, _ line: Int, _ key: String, _ what: String) -> ConfigurationError {
        ConfigurationError("\(file):\(line): \(key.isEmpty ? "" : "\(key): ")\(what)")
    }

    /// An error about a key that is there or should be.
    func error(_ key: String, _ what: String) -> ConfigurationError {
        Self.error(file, pairs.first { $0.key == key }?.line ?? line, prefix + key, what)
    }

    /// The value of a key; `nil` where it is absent or empty.
    mutating func node(_ key: String) -> Node? {
        asked.append(key)
        return pairs.first { $0.key == key }.flatMap { $0.value.isEmptyValue ? nil : $0.value }
    }

    /// A word or a number as it is written; quotes make no difference.
    mutating func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let node = node(key) else { return nil }
        guard let text = node.scalar?.string else { throw error(key, "is not a single value") }
        return text
    }

    mutating func integer(_ key: String, atLeast least: Int) throws(ConfigurationError) -> Int? {
        guard let text = try string(key) else { return nil }
        guard let number = Int(text), number >= least else {
            throw error(key, "\"\(text)\" is not a whole number of at least \(least)")
        }
        return number
    }

    /// A duration that is longer than nothing.
    mutating func duration(_ key: String) throws(ConfigurationError) -> PrometheusDuration? {
        guard let text = try string(key) else { return nil }
        guard let duration = PrometheusDuration(text) else { throw error(key, Self.noDuration(text)) }
        guard duration.milliseconds > 0 else { throw error(key, "is 0; it has to be longer") }
        return duration
    }

    static func noDuration(_ text: String) -> String {
        "\"\(text)\" is not a duration; write it like 90s, 5m or 1h30m"
    }

    /// The items of a list; `nil` where the key is absent.
    mutating func list(_ key: String) throws(ConfigurationError) -> [Node]? {
        guard let node = node(key) else { return nil }
        guard let sequence = node.sequence else { throw error(key, "is not a list") }
        return Array(sequence)
    }

    /// The words of a list; none where the key is absent.
    mutating func strings(_ key: String) throws(ConfigurationError) -> [String] {
        var strings: [String] = []
        for node in try list(key) ?? [] {
            guard let text = node.scalar?.string, !text.isEmpty else {
                throw Self.error(
                    file,
                    node.mark?.line ?? line,
                    prefix + key,
                    "has an item that is not a word"
                )
            }
            strings.append(text)
        }
        return strings
    }

    /// A mapping within this one; an empty one where the key is absent.
    mutating func mapping(_ key: String) throws(ConfigurationError) -> YAMLReader {
        guard let node = node(key) else {
            return try YAMLReader(Node.mapping([:]), file: file, prefix: "\(prefix)\(key).")
        }
        return try YAMLReader(node, file: file, prefix: "\(prefix)\(key).")
    }

    /// Ends the reading: a key that nobody asked for is an error that names the nearest known one.
    func finish() throws(ConfigurationError) {
        guard let unknown = pairs.first(where: { !asked.contains($0.key) }) else { return }
        let nearest = asked.min { Self.distance($0, unknown.key) < Self.distance($1, unknown.key) }
        let isNear = nearest.map { Self.distance($0, unknown.key) <= 3 } ?? false
        let hint = isNear ? "did you mean \(nearest ?? "")?" : "known here: \(asked.joined(separator: ", "))"
        throw error(unknown.key, "unknown key; \(hint)")
    }

    /// The number of letters to change, add or leave out to make one word the other (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
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

extension Node {
    /// Whether nothing stands behind the key.
    fileprivate var isEmptyValue: Bool {
        guard let scalar else { return false }
        return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
    }
}
