// SPDX-License-Identifier: Apache-2.0

import Testing
import WireText

@Suite struct ASCIITests {
    private static func characters(_ isMember: (UInt8) -> Bool) -> String {
        String(decoding: (UInt8.min ... .max).filter(isMember), as: UTF8.self)
    }

    @Test func `digits are 0 to 9`() { #expect(Self.characters(\.isDigit) == "0123456789") }

    @Test func `letters are A to Z and a to z`() {
        #expect(
            Self.characters(\.isLetter) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        )
    }

    @Test func `hexadecimal digits have their value in both cases`() {
        #expect(Self.characters(\.isHexadecimalDigit) == "0123456789ABCDEFabcdef")
        #expect("09AFaf".utf8.compactMap(\.hexadecimalValue) == [0, 9, 10, 15, 10, 15])
    }

    @Test func `token characters are those of RFC 9110`() {
        let others = Self.characters { $0.isTokenCharacter && !$0.isDigit && !$0.isLetter }
        #expect(others == "!#$%&'*+-.^_`|~")
    }

    @Test func `a field value has no control character but the tab`() {
        let refused = (UInt8.min ... .max).filter { !$0.isFieldValueCharacter }
        #expect(refused == Array(0...8) + Array(10...31) + [127])
    }

    @Test func `only upper-case ASCII letters are lowered`() {
        #expect(String(decoding: "A-Z[@`z".utf8.map(\.lowercased), as: UTF8.self) == "a-z[@`z")
        #expect((128...UInt8.max).allSatisfy { $0.lowercased == $0 })
    }

    @Test func `spaces and tabs are trimmed at both ends`() {
        #expect(Array(" \t a b\t".utf8)[...].trimmed.elementsEqual("a b".utf8))
        #expect(Array(" \t".utf8)[...].trimmed.isEmpty)
    }
}
