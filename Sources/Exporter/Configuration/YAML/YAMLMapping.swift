// SPDX-License-Identifier: Apache-2.0

import Yams

/// A YAML mapping with a fixed set of keys.
struct YAMLMapping {
    /// The path of the file, for errors.
    let file: String

    /// The keys that lead to the mapping, with a dot at the end; empty for the root.
    let prefix: String

    private let line: Int
    private let keys: [String]
    private var pairs: [(key: String, line: Int, value: Node)] = []

    /// Reads a mapping.
    ///
    /// Unknown keys are errors here, so that a misspelt key is reported before the missing key.
    ///
    /// - Parameters:
    ///   - node: the node. An empty value is an empty mapping, except at the root.
    ///   - file: the path of the file, for errors.
    ///   - prefix: the keys that lead to the mapping, with a dot at the end; empty for the root.
    ///   - keys: the allowed keys.
    /// - Throws: an error if the node is not a mapping, or has an unknown key.
    init(_ node: Node, file: String, prefix: String, keys: [String]) throws(ConfigurationError) {
        self.file = file
        self.prefix = prefix
        self.keys = keys
        line = node.mark?.line ?? 1
        if node.isEmptyValue, !prefix.isEmpty { return }
        guard let mapping = node.mapping else {
            throw Self.error(file, line, String(prefix.dropLast()), Self.mappingProblem)
        }
        for (keyNode, value) in mapping {
            let keyLine = keyNode.mark?.line ?? line
            guard let key = keyNode.scalar?.string else {
                throw Self.error(file, keyLine, String(prefix.dropLast()), Self.keyProblem)
            }
            guard keys.contains(key) else {
                let remedy = KeySuggestion.remedy(for: key, among: keys)
                let place = prefix.dropLast() + Self.suffix(key)
                throw Self.error(file, keyLine, String(place.trimmingPrefix(".")), "unknown key; \(remedy)")
            }
            pairs.append((key, keyLine, value))
        }
    }

    static let mappingProblem = "is not a mapping; write it as key: value"

    static let scalarProblem = "is a list or a mapping; use a single value"

    /// The problem of a key that is a list or a mapping.
    static let keyProblem = "contains a key that is not text; use a word"

    static func error(_ file: String, _ line: Int, _ key: String, _ problem: String) -> ConfigurationError {
        ConfigurationError("\(file):\(line): \(key.isEmpty ? "" : "\(key): ")\(problem)")
    }

    /// The maximum length of a key that an error names although it is not known.
    private static let maxKeyLength = 32

    /// Returns a dot and a key that the user chose, or an empty text if the key may be a misplaced secret.
    static func suffix(_ key: String) -> String {
        let isWord = key.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x5f || $0 == 0x2e }
        return isWord && !key.isEmpty && key.utf8.count <= maxKeyLength ? ".\(key)" : ""
    }

    /// Whether the mapping has no keys.
    var isEmpty: Bool { pairs.isEmpty }

    /// Returns whether a key is present.
    ///
    /// Its value may be empty.
    func has(_ key: String) -> Bool { pairs.contains { $0.key == key } }

    /// Creates an error about a key, at its line if the key is present.
    func error(_ key: String, _ problem: String) -> ConfigurationError {
        Self.error(file, pairs.first { $0.key == key }?.line ?? line, prefix + key, problem)
    }

    /// Creates an error about an item of a list.
    func error(_ key: String, item: Node, _ problem: String) -> ConfigurationError {
        Self.error(file, item.mark?.line ?? line, prefix + key, problem)
    }

    /// Returns the value of a key, or `nil` if the key is absent or its value is empty.
    func node(_ key: String) -> Node? {
        // A key that is read but not declared could never be set, because `init` rejects it.
        precondition(keys.contains(key), "\(prefix)\(key) is not declared")
        return pairs.first { $0.key == key }.flatMap { $0.value.isEmptyValue ? nil : $0.value }
    }

    /// Returns a nested mapping, which is empty if the key is absent.
    func mapping(_ key: String, keys: [String]) throws(ConfigurationError) -> YAMLMapping {
        try YAMLMapping(
            node(key) ?? Node.mapping([:]),
            file: file,
            prefix: "\(prefix)\(key).",
            keys: keys
        )
    }
}

extension Node {
    /// Whether the value is absent or null.
    var isEmptyValue: Bool {
        guard let scalar else { return false }
        return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
