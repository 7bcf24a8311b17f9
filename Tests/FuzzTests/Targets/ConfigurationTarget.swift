// SPDX-License-Identifier: Apache-2.0

import Exporter

/// A configuration is applied completely, or rejected in one line that names the file.
enum ConfigurationTarget {
    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let text = String(decoding: input, as: UTF8.self)
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try ConfigurationFile.parse(text, path: "fuzz.yml")
        } catch {
            try requireReadable(error)
            try FuzzFinding.require(
                error.description.hasPrefix("fuzz.yml:"),
                "the file is not named: \(error)"
            )
            return
        }
        try FuzzFinding.require(!configuration.accounts.isEmpty, "a configuration without an account")
        try FuzzFinding.require(configuration.api.maxRequests >= 1, "a budget of nothing")
        try FuzzFinding.require(!configuration.failureRatioWindows.isEmpty, "no window")
    }
}
