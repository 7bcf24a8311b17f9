// SPDX-License-Identifier: Apache-2.0

import Testing
import WireText

@Suite struct ListMembersTests {
    @Test func `members lose their blanks, and empty members are dropped`() {
        #expect(" a b ,\t,c,, d\t".listMembers == ["a b", "c", "d"])
        #expect("".listMembers.isEmpty)
    }
}

@Suite struct HeaderScannerTests {
    @Test func `reads tokens, parameters and quoted strings`() {
        var scanner = HeaderScanner(Array(#"text/plain;v="a, \"b\"" , next"#.utf8))
        let type = scanner.token(allowingSlash: true)
        let hasParameter = scanner.skip(UInt8(ascii: ";"))
        let name = scanner.token()
        let hasValue = scanner.skip(UInt8(ascii: "="))
        let value = scanner.tokenOrQuotedString()
        #expect(type == "text/plain" && hasParameter && name == "v" && hasValue && value == #"a, "b""#)
        scanner.skipSpace()
        #expect(scanner.isAtMemberEnd)
        scanner.skipMember()
        scanner.skipSpace()
        let next = scanner.token()
        #expect(next == "next")
        #expect(scanner.isAtEnd)
    }

    @Test func `a comma in quotes does not end a member`() {
        var scanner = HeaderScanner(Array(#"a="x,y" b,c"#.utf8))
        scanner.skipMember()
        let next = scanner.token()
        #expect(next == "c")
    }

    @Test func `a missing quote ends the list`() {
        var scanner = HeaderScanner(Array(#"a="x,y"#.utf8))
        scanner.skipMember()
        #expect(scanner.isAtEnd)
    }
}
