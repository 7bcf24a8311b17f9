// SPDX-License-Identifier: Apache-2.0

import Yams

/// The one document of a YAML file.
enum YAMLDocument {
    /// Parses a text.
    ///
    /// - Parameters:
    ///   - text: of one document.
    ///   - path: named in errors.
    /// - Returns: `nil` where there is nothing in it but comments.
    /// - Throws: by file and line, where it is not YAML.
    static func root(of text: String, path: String) throws(ConfigurationError) -> Node? {
        do {
            // The encoding is named because Yams would otherwise ask the environment for it.
            return try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw syntaxError(error, path: path)
        } catch {
            throw ConfigurationError("\(path): is not YAML: \(error)")
        }
    }

    private static func syntaxError(_ error: YamlError, path: String) -> ConfigurationError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            ConfigurationError(
                "\(path):\(mark.line): is not YAML: \(context.map { "\($0.text), " } ?? "")\(problem) "
                    + "at column \(mark.column)"
            )
        case .reader(let problem, let offset, _, let yaml):
            ConfigurationError(
                "\(path):\(offset.map { yaml.prefix($0).count(where: \.isNewline) + 1 } ?? 1): is not YAML: \(problem)"
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                "\(path):\(context.mark.line): \(duplicates.map { "\($0)" }.joined(separator: ", ")): is given twice"
            )
        default:
            ConfigurationError("\(path): is not YAML: \(error)")
        }
    }
}
