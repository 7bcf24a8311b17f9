// SPDX-License-Identifier: Apache-2.0

/// The name, version and platform of this build.
package enum BuildInfo {
    /// The name of the program.
    package static let name = "magic-connector-exporter"

    /// The version of the program.
    package static let version = "0.1.0"

    /// The address of the runbooks, which ends with `/`.
    static let runbooks =
        "https://github.com/magic-connector-exporter/magic-connector-exporter/blob/main/deploy/runbooks/"

    /// The operating system.
    static let platform = "linux"

    #if arch(x86_64)
    static let architecture = "x86_64"
    #elseif arch(arm64)
    static let architecture = "arm64"
    #else
    static let architecture = "unknown"
    #endif

    #if compiler(>=6.3)
    static let swiftVersion = "6.3"
    #else
    static let swiftVersion = "6.2"
    #endif

    /// The output of `--version`, in the form that Prometheus exporters share.
    package static let text = """
        \(name), version \(version)
          swift version:    \(swiftVersion)
          platform:         \(platform)/\(architecture)
        """

    /// The `User-Agent` of requests to the API.
    package static let userAgent = "\(name)/\(version)"
}
