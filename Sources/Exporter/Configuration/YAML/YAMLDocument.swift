// SPDX-License-Identifier: Apache-2.0

import Yams

/// The parser of a YAML file with one document.
enum YAMLDocument {
    /// Parses a text.
    ///
    /// - Parameters:
    ///   - text: the YAML text.
    ///   - path: the path for errors.
    /// - Returns: the root node, or `nil` if the text contains only comments.
    /// - Throws: a syntax error with the file and the line.
    static func root(of text: String, path: String) throws(ConfigurationError) -> Node? {
        do {
            // Without an explicit encoding, Yams reads it from the environment.
            return try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw syntaxError(error, path: path)
        } catch {
            throw ConfigurationError("\(path): is not valid YAML: \(error)")
        }
    }

    /// Returns the problem of duplicate keys, without those that may be misplaced secrets.
    private static func problem(of duplicates: [String]) -> String {
        let names = duplicates.map { YAMLMapping.suffix($0).dropFirst() }.filter { !$0.isEmpty }
        let list = names.joined(separator: ", ")
        return names.isEmpty ? "contains a duplicate key" : "\(list): is a duplicate key"
    }

    private static func syntaxError(_ error: YamlError, path: String) -> ConfigurationError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            ConfigurationError(
                "\(path):\(mark.line): is not valid YAML: \(context.map { "\($0.text), " } ?? "")\(problem) "
                    + "at column \(mark.column)"
            )
        case .reader(let problem, let offset, _, let yaml):
            ConfigurationError(
                "\(path):\(offset.map { yaml.prefix($0).count(where: \.isNewline) + 1 } ?? 1): is not valid YAML: \(problem)"
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                "\(path):\(context.mark.line): \(problem(of: duplicates)); remove one"
            )
        default:
            ConfigurationError("\(path): is not valid YAML: \(error)")
        }
    }
}
