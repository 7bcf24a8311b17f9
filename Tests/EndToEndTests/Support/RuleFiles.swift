// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The rule files of the repository, built with other values.
enum RuleFiles {
    /// Builds the alerts in the directory of a fixture.
    ///
    /// - Parameters:
    ///   - values: YAML that replaces values of `deploy/prometheus/values.yml`.
    ///   - fixture: owns the directory.
    /// - Returns: the path of the file with the alerts.
    /// - Throws: if the rules cannot be built.
    static func alerts(with values: String, in fixture: ExporterFixture) async throws -> String {
        let file = try fixture.directory.write(values, to: "values.yml")
        let build = try await ChildProgram.run(
            "python3",
            [
                "\(ChildProgram.root)/deploy/prometheus/build.py", "--values", file,
                "--output", fixture.directory.path,
            ],
            in: fixture.directory.path
        )
        try #require(build.status == 0, "\(build.errors)")
        return fixture.directory.file("alerts.yml")
    }
}
