// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

@testable import Exporter

/// A web configuration is applied completely, or rejected in one line that names the file.
enum WebTarget {
    /// A folder that does not exist, so that certificates and keys must be inline.
    private static let path = "fuzz/web.yml"

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let configuration: WebConfiguration
        do throws(ConfigurationError) {
            var files = WatchedFiles()
            configuration = try WebConfigurationFile.parse(
                String(decoding: input, as: UTF8.self),
                path: path,
                files: &files
            )
        } catch {
            try requireReadable(error)
            try FuzzFinding.require(
                error.description.hasPrefix("\(path):"),
                "the file is not named: \(error)"
            )
            return
        }
        let names = configuration.users.map(\.name)
        try FuzzFinding.require(!names.contains { $0.contains(":") }, "a name with a colon among \(names)")
        try FuzzFinding.require(Set(names).count == names.count, "a name twice among \(names)")
        for field in configuration.headers {
            try FuzzFinding.require(
                !field.value.isEmpty && field.value.utf8.allSatisfy { (0x20...0x7e).contains($0) },
                "the field \(field.name): \(field.value.debugDescription)"
            )
        }
        if let limit = configuration.rateLimit {
            try FuzzFinding.require(limit.interval > .zero && limit.burst > 0, "\(limit) lets no client in")
        }
        if let settings = configuration.tls?.settings {
            try FuzzFinding.require(
                settings.allowedSANs.isEmpty
                    || [.requireAny, .requireAndVerify].contains(settings.clientAuthentication),
                "names are asked of clients that need no certificate"
            )
            try FuzzFinding.require(
                settings.minimumVersion <= settings.maximumVersion,
                "no version between \(settings.minimumVersion) and \(settings.maximumVersion)"
            )
        }
    }
}
