// SPDX-License-Identifier: Apache-2.0

import WireText
import Yams

extension YAMLMapping {
    /// Returns the text of a scalar.
    ///
    /// Quotes do not matter.
    func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let node = node(key) else { return nil }
        guard let text = node.scalar?.string else { throw error(key, Self.scalarProblem) }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = try string(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw error(
                key,
                "is not allowed; use an integer from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// Returns a Boolean, in any spelling of YAML 1.1.
    func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let node = node(key) else { return nil }
        guard let value = node.bool else {
            throw error(key, "is not allowed; use true or false")
        }
        return value
    }

    /// Returns the path of a file, relative to the directory of this file; `nil` if the key is absent or empty.
    func path(_ key: String) throws(ConfigurationError) -> String? {
        guard let path = try string(key), !path.isEmpty else { return nil }
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    /// Replaces a value if the key is present.
    ///
    /// - Parameters:
    ///   - key: the key of a duration greater than zero.
    ///   - maximum: the longest allowed duration.
    ///   - value: the value to replace.
    /// - Throws: an error if the duration is invalid, zero or too long.
    func read(
        _ key: String,
        atMost maximum: PrometheusDuration,
        into value: inout PrometheusDuration
    ) throws(ConfigurationError) {
        guard let text = try string(key) else { return }
        switch Self.duration(text, atMost: maximum) {
        case .success(let duration): value = duration
        case .failure(let problem): throw error(key, problem.description)
        }
    }

    private struct DurationProblem: Error {
        let description: String
    }

    private static func duration(
        _ text: String,
        atMost maximum: PrometheusDuration
    ) -> Result<PrometheusDuration, DurationProblem> {
        func failure(_ problem: String) -> Result<PrometheusDuration, DurationProblem> {
            .failure(DurationProblem(description: problem))
        }
        guard let duration = PrometheusDuration(text) else {
            return failure("is not a duration; write it like 90s, 5m or 1h30m")
        }
        guard duration.milliseconds > 0 else {
            return failure("is not allowed; use a duration greater than zero")
        }
        guard duration.milliseconds <= maximum.milliseconds else {
            return failure("is too long; use at most \(maximum)")
        }
        return .success(duration)
    }
}

// MARK: - Lists

extension YAMLMapping {
    /// Returns the items of a list, or `nil` if the key is absent.
    func list(_ key: String) throws(ConfigurationError) -> [Node]? {
        guard let node = node(key) else { return nil }
        guard let sequence = node.sequence else {
            throw error(key, "is not a list; start each item with -")
        }
        return Array(sequence)
    }

    /// Returns the texts of a list without duplicates; empty if the key is absent.
    ///
    /// - Parameters:
    ///   - key: the key of the list.
    ///   - problem: returns the problem of an invalid text, or `nil`.
    /// - Returns: the texts in their order.
    /// - Throws: an error with the line of the invalid item.
    func strings(
        _ key: String,
        problem: (String) -> String? = { _ in nil }
    ) throws(ConfigurationError) -> [String] {
        var strings: [String] = []
        for item in try list(key) ?? [] {
            guard let text = item.scalar?.string, !item.isEmptyValue else {
                throw error(key, item: item, "contains an item that is not text; list single values")
            }
            if let problem = problem(text) { throw error(key, item: item, problem) }
            guard !strings.contains(text) else {
                throw error(key, item: item, "contains a duplicate; remove one")
            }
            strings.append(text)
        }
        return strings
    }

    /// Returns the durations of a list without duplicates, or `nil` if the key is absent.
    func durations(
        _ key: String,
        atMost maximum: PrometheusDuration
    ) throws(ConfigurationError) -> [PrometheusDuration]? {
        guard let items = try list(key) else { return nil }
        var durations: [PrometheusDuration] = []
        for item in items {
            switch Self.duration(item.scalar?.string ?? "", atMost: maximum) {
            case .failure(let problem): throw error(key, item: item, problem.description)
            case .success(let duration):
                guard !durations.contains(duration) else {
                    throw error(key, item: item, "contains a duplicate; remove one")
                }
                durations.append(duration)
            }
        }
        return durations
    }
}

// MARK: - Mappings with arbitrary keys

extension YAMLMapping {
    /// A pair of a mapping whose keys the user chooses.
    struct Entry {
        let name: String
        /// The value; empty if it is absent.
        let text: String
        /// Creates an error with a problem of the entry.
        ///
        /// The error does not contain the value.
        let error: (String) -> ConfigurationError
    }

    /// Returns the pairs of a mapping with arbitrary keys, in their order; empty if the key is absent.
    func entries(_ key: String) throws(ConfigurationError) -> [Entry] {
        guard let node = node(key) else { return [] }
        guard let mapping = node.mapping else { throw error(key, Self.mappingProblem) }
        var entries: [Entry] = []
        for (keyNode, value) in mapping {
            guard let name = keyNode.scalar?.string else { throw error(key, Self.keyProblem) }
            let entryError = { (problem: String) in
                let place = prefix + key + Self.suffix(name)
                return Self.error(file, keyNode.mark?.line ?? 1, place, problem)
            }
            guard let text = value.isEmptyValue ? "" : value.scalar?.string else {
                throw entryError(Self.scalarProblem)
            }
            entries.append(Entry(name: name, text: text, error: entryError))
        }
        return entries
    }
}
