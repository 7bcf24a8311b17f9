// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// Loads a file, or the environment without one.
    ///
    /// - Parameters:
    ///   - file: the path of the file; `nil` for the environment.
    ///   - environment: the environment of the process.
    /// - Returns: the validated configuration.
    /// - Throws: an error that names the file, line and key, or the variable.
    static func load(
        _ file: String?,
        environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        guard let file else { return try EnvironmentConfiguration.load(environment) }
        return try ConfigurationFile.load(file)
    }
}
