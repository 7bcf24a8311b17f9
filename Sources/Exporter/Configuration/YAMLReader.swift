// SPDX-License-Identifier: Apache-2.0

import WireText
import Yams

/// A mapping of a YAML file of which every key is known.
struct YAMLReader {
    /// The path of the file, named in errors.
    let file: String

    /// The path of keys that leads to the mapping, with a dot at its end; empty at the top.
    let prefix: String

    private let line: Int
    private let keys: [String]
    private var pairs: [(key: String, line: Int, value: Node)] = []

    /// Reads a mapping.
    ///
    /// - Parameters:
    ///   - node: what should be one; nothing at all is an empty one, except at the top.
    ///   - file: named in errors.
    ///   - prefix: the path of keys that leads to it, with a dot at its end; empty at the top.
    ///   - keys: the ones that there are.
    /// - Throws: where it is something else, or has a key that there is not: before anything that may be missing because
    ///   its key is misspelt.
    init(_ node: Node, file: String, prefix: String, keys: [String]) throws(ConfigurationError) {
        self.file = file
        self.prefix = prefix
        self.keys = keys
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
            guard keys.contains(key) else {
                throw Self.error(file, keyLine, prefix + key, "unknown key; \(Self.hint(key, keys: keys))")
            }
            pairs.append((key, keyLine, value))
        }
    }

    /// An error at a line of a file.
    static func error(_ file: String, _ line: Int, _ key: String, _ what: String) -> ConfigurationError {
        ConfigurationError("\(file):\(line): \(key.isEmpty ? "" : "\(key): ")\(what)")
    }

    /// Whether there is not one key in it.
    var isEmpty: Bool { pairs.isEmpty }

    /// Whether a key is there, be it with nothing behind it.
    func has(_ key: String) -> Bool { pairs.contains { $0.key == key } }

    /// An error about a key that is there or should be.
    func error(_ key: String, _ what: String) -> ConfigurationError {
        Self.error(file, pairs.first { $0.key == key }?.line ?? line, prefix + key, what)
    }

    /// The value of a key; `nil` where it is absent or empty.
    func node(_ key: String) -> Node? {
        // A key that no file may have would otherwise be one that every file leaves out.
        precondition(keys.contains(key), "\(prefix)\(key) is not declared")
        return pairs.first { $0.key == key }.flatMap { $0.value.isEmptyValue ? nil : $0.value }
    }

    /// A word or a number as it is written; quotes make no difference.
    func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let node = node(key) else { return nil }
        guard let text = node.scalar?.string else { throw error(key, "is not a single value") }
        return text
    }

    /// A whole number.
    func integer(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = try string(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw error(
                key,
                "\(Self.shown(text)) is not a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// A duration that is longer than nothing and not longer than makes sense.
    func duration(
        _ key: String,
        atMost longest: PrometheusDuration
    ) throws(ConfigurationError) -> PrometheusDuration? {
        guard let text = try string(key) else { return nil }
        do throws(DurationFault) {
            return try Self.duration(text, atMost: longest)
        } catch {
            throw self.error(key, error.description)
        }
    }

    /// The same for a text from anywhere.
    private static func duration(
        _ text: String,
        atMost longest: PrometheusDuration
    ) throws(DurationFault) -> PrometheusDuration {
        guard let duration = PrometheusDuration(text) else {
            throw DurationFault(
                description: "\(shown(text)) is not a duration; write it like 90s, 5m or 1h30m"
            )
        }
        guard duration.milliseconds > 0 else { throw DurationFault(description: "is 0; it has to be longer") }
        guard duration.milliseconds <= longest.milliseconds else {
            throw DurationFault(description: "\(shown(text)) is too long; write at most \(longest)")
        }
        return duration
    }

    /// What is wrong with a duration, to stand behind its key.
    private struct DurationFault: Error {
        let description: String
    }

    /// A value between quotes, shortened where it is long.
    static func shown(_ text: String) -> String {
        PrintableText.quoted(text.count > 80 ? text.prefix(79) + "…" : text)
    }

    /// The items of a list; `nil` where the key is absent.
    func list(_ key: String) throws(ConfigurationError) -> [Node]? {
        guard let node = node(key) else { return nil }
        guard let sequence = node.sequence else { throw error(key, "is not a list") }
        return Array(sequence)
    }

    /// The words of a list, none of them twice; none at all where the key is absent.
    ///
    /// - Parameters:
    ///   - key: of the list.
    ///   - check: what is wrong with a word, or `nil`.
    /// - Returns: the words in their order.
    /// - Throws: at the line of the item that is wrong.
    func strings(
        _ key: String,
        check: (String) -> String? = { _ in nil }
    ) throws(ConfigurationError) -> [String] {
        var strings: [String] = []
        for node in try list(key) ?? [] {
            guard let text = node.scalar?.string, !node.isEmptyValue else {
                throw itemError(node, key, "has an item that is not a word")
            }
            if let fault = check(text) { throw itemError(node, key, fault) }
            guard !strings.contains(text) else { throw itemError(node, key, "has \(text) twice") }
            strings.append(text)
        }
        return strings
    }

    /// The durations of a list, none of them twice however it is written; `nil` where the key is absent.
    func durations(
        _ key: String,
        atMost longest: PrometheusDuration
    ) throws(ConfigurationError) -> [PrometheusDuration]? {
        guard let nodes = try list(key) else { return nil }
        var durations: [PrometheusDuration] = []
        for node in nodes {
            do throws(DurationFault) {
                let duration = try Self.duration(node.scalar?.string ?? "", atMost: longest)
                guard !durations.contains(duration) else {
                    throw DurationFault(description: "has \(duration) twice")
                }
                durations.append(duration)
            } catch {
                throw itemError(node, key, error.description)
            }
        }
        return durations
    }

    private func itemError(_ node: Node, _ key: String, _ what: String) -> ConfigurationError {
        Self.error(file, node.mark?.line ?? line, prefix + key, what)
    }

    /// A mapping within this one; an empty one where the key is absent.
    func mapping(_ key: String, keys: [String]) throws(ConfigurationError) -> YAMLReader {
        try YAMLReader(node(key) ?? Node.mapping([:]), file: file, prefix: "\(prefix)\(key).", keys: keys)
    }

    /// What may have been meant by a key that there is not.
    private static func hint(_ unknown: String, keys: [String]) -> String {
        let near = keys.map { (key: $0, distance: distance($0, unknown)) }.min { $0.distance < $1.distance }
        if let near, near.distance <= 3 { return "did you mean \(near.key)?" }
        if let longer = keys.first(where: { !unknown.isEmpty && $0.hasPrefix(unknown) }) {
            return "did you mean \(longer)?"
        }
        return "known here: \(keys.joined(separator: ", "))"
    }

    /// The number of letters to change, add or leave out to make one word the other (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        // A key of the program has less than that; one of a file may have any length.
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

extension Node {
    /// Whether nothing stands behind the key.
    var isEmptyValue: Bool {
        guard let scalar else { return false }
        return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
