// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorSnapshots
import Foundation
import Testing

/// The table of metrics against the list of all fields that the API documents.
struct SnapshotTableTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Fixtures"
    )

    /// The documented fields, one per line, as `field` or `list.field`.
    private static func documented() throws -> [String] {
        try String(contentsOf: folder.appending(path: "fields.txt"), encoding: .utf8)
            .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    /// The fields that have no metric, each with its reason: `field: reason`.
    private static func leftOut() throws -> [String: String] {
        let lines = try String(contentsOf: folder.appending(path: "left-out.txt"), encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (String(parts[0]), parts.dropFirst().first.map { String($0.drop { $0 == " " }) } ?? "")
            }
        )
    }

    private static func decoded() -> Set<String> {
        let own = SnapshotSchema.snapshot
        var fields = Set(own.numbers + own.flags + own.texts + ["t"])
        for list in SnapshotList.allCases {
            let items = SnapshotSchema.items(of: list)
            for field in items.numbers + items.flags + items.texts {
                fields.insert("\(list.rawValue).\(field)")
            }
        }
        return fields
    }

    @Test func `every documented field is a metric or is left out with a reason`() throws {
        let documented = try Self.documented()
        let leftOut = try Self.leftOut()
        let decoded = Self.decoded()
        #expect(documented.count == Set(documented).count)
        let lists = Set(SnapshotList.allCases.map(\.rawValue))
        #expect(
            documented.count { !$0.contains(".") } + lists.count == 175,
            "top-level fields with the lists"
        )
        for field in documented {
            #expect(decoded.contains(field) != (leftOut[field] != nil), "\(field)")
        }
        #expect(leftOut.values.allSatisfy { !$0.isEmpty })
        #expect(decoded.isSubset(of: documented))
        #expect(Set(leftOut.keys).isSubset(of: documented))
    }

    @Test func `personal data is never decoded`() {
        let fields = Self.decoded()
        for secret in [
            "hostname", "mac_address", "client_id", "ip_address", "natd_result", "natd_target", "gateway",
        ] {
            #expect(!fields.contains { $0.hasSuffix(secret) }, "\(secret)")
        }
    }

    @Test func `names are unique and counters end in _total`() {
        let names = SnapshotMetric.all.map(\.name)
        #expect(Set(names).count == names.count)
        for metric in SnapshotMetric.all {
            #expect((metric.type == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.help.hasSuffix("."), "\(metric.name)")
        }
    }
}
