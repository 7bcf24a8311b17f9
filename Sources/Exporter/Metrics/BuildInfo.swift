// SPDX-License-Identifier: Apache-2.0

import Exposition

/// What this program is.
package enum BuildInfo {
    package static let name = "magic-connector-exporter"
    package static let version = "0.1.0"

    #if arch(x86_64)
    private static let architecture = "x86_64"
    #elseif arch(arm64)
    private static let architecture = "arm64"
    #else
    private static let architecture = "unknown"
    #endif

    #if compiler(>=6.3)
    private static let swiftVersion = "6.3"
    #else
    private static let swiftVersion = "6.2"
    #endif

    /// What `--version` prints, in the form of the Prometheus exporters.
    package static let text = """
        \(name), version \(version)
          swift version:    \(swiftVersion)
          platform:         linux/\(architecture)
        """

    /// Sent to the API as `User-Agent`.
    package static let userAgent = "\(name)/\(version)"

    static let labels = [
        Label(name: "version", value: version), Label(name: "swiftversion", value: swiftVersion),
        Label(name: "os", value: "linux"), Label(name: "arch", value: architecture),
    ]
}
