// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import TestSupport
import Testing

@testable import Exporter

@Suite struct TokenFileLogTests {
    @Test func `warns of a token file that all users may read, without its content`() throws {
        let directory = try TemporaryDirectory()
        let log = Pipe()
        let logger = LogFormat.logfmt.logger(to: log.fileHandleForWriting.fileDescriptor)
        var accounts: [Configuration.Account] = []
        for mode in [0o400, 0o440, 0o640, 0o644, 0o604] {
            let path = try directory.write("secret-token", to: "\(mode)")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            accounts.append(Configuration.Account(accountID: "\(mode)", token: .file(path: path)))
        }
        accounts.append(Configuration.Account(accountID: "x", token: .file(path: directory.file("missing"))))
        TokenFileLog.warn(of: accounts, to: logger)
        try log.fileHandleForWriting.close()
        let text = String(decoding: try log.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        for (line, index) in zip(lines, [3, 4]) {
            #expect(line.contains(" level=WARN event=token_file_readable "))
            #expect(line.contains(" key=accounts[\(index)].api_token_file path=\(directory.path)/"))
        }
        #expect(!text.contains("secret"))
    }
}
