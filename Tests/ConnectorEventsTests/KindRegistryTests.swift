// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Testing

struct KindRegistryTests {
    @Test func `29 distinct kinds are documented`() {
        #expect(EventKind.documented.count == 29)
        #expect(Set(EventKind.documented).count == 29)
    }

    @Test(arguments: [
        ("StartAttestation", "StartAttestation"),
        ("MeshJoin", "MeshJoin"),
        ("mesh join\n", "mesh_join_"),
        ("<script>\"", "_script__"),
        ("é", "__"),
        ("other", "other"),
        (String(repeating: "x", count: 200), String(repeating: "x", count: 64)),
    ])
    func `sanitizes names`(rawKind: String, name: String) {
        var names = KindRegistry()
        do {
            let result = names.name(for: rawKind)
            #expect(result.rawValue == name)
        }
    }

    @Test func `counts undocumented kinds beyond the limit as other`() {
        var names = KindRegistry()
        for index in 0..<KindRegistry.maximumOtherKinds {
            #expect(names.name(for: "New\(index)").rawValue == "New\(index)")
        }
        do {
            let result = names.name(for: "OneMore")
            #expect(result == KindRegistry.other)
        }
        do {
            let result = names.name(for: "New7")
            #expect(result.rawValue == "New7")
        }
        do {
            let result = names.name(for: "Init")
            #expect(result == .initialize)
        }
        var again = KindRegistry(
            known: (0..<KindRegistry.maximumOtherKinds).map { EventKind(rawValue: "New\($0)") }
        )
        do {
            let result = again.name(for: "OneMore")
            #expect(result == KindRegistry.other)
        }
        do {
            let result = again.name(for: "New63")
            #expect(result.rawValue == "New63")
        }
    }
}
