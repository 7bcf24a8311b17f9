// SPDX-License-Identifier: Apache-2.0

import Yams

extension YAMLReader {
    /// A key of the user's own choice, and the text behind it.
    struct Entry {
        let name: String
        let text: String
        private let reader: YAMLReader
        private let line: Int
        private let key: String

        fileprivate init(name: String, text: String, of key: String, line: Int, reader: YAMLReader) {
            self.name = name
            self.text = text
            self.key = key
            self.line = line
            self.reader = reader
        }

        /// An error about it, which does not show the text.
        func error(_ what: String) -> ConfigurationError {
            YAMLReader.error(reader.file, line, "\(reader.prefix)\(key).\(name)", what)
        }
    }

    /// The pairs of a mapping whose keys are not the program's, in their order; none where it is absent.
    func entries(_ key: String) throws(ConfigurationError) -> [Entry] {
        guard let node = node(key) else { return [] }
        guard let mapping = node.mapping else { throw error(key, "is not a mapping of keys to values") }
        var entries: [Entry] = []
        for (keyNode, value) in mapping {
            let line = keyNode.mark?.line ?? 1
            guard let name = keyNode.scalar?.string else { throw error(key, "has a key that is not a word") }
            let text = value.isEmptyValue ? "" : value.scalar?.string
            guard let text else {
                throw Self.error(file, line, "\(prefix)\(key).\(name)", "is not a single value")
            }
            entries.append(Entry(name: name, text: text, of: key, line: line, reader: self))
        }
        return entries
    }

    /// Yes or no, by any of the words that YAML 1.1 has for them.
    func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let node = node(key) else { return nil }
        guard let value = node.bool else {
            throw error(key, "\(Self.shown(node.scalar?.string ?? "")) is not true or false")
        }
        return value
    }

    /// The path of a file, taken from the directory of this one; `nil` where the key is absent or its text is empty.
    func path(_ key: String) throws(ConfigurationError) -> String? {
        guard let path = try string(key), !path.isEmpty else { return nil }
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}
