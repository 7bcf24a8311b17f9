// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Testing

@Suite struct `Names of kinds` {
    @Test func `twenty-nine kinds are documented, each once`() {
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
    func `a name is what the event says, made fit for a label`(wire: String, name: String) {
        var names = KindRegistry()
        do {
            let result = names.name(for: wire)
            #expect(result.rawValue == name)
        }
    }

    @Test func `strangers beyond the bound are counted together`() {
        var names = KindRegistry()
        for index in 0..<KindRegistry.bound {
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
        var again = KindRegistry(known: (0..<KindRegistry.bound).map { EventKind(rawValue: "New\($0)") })
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
