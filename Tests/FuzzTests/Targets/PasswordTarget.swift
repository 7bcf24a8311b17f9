// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

@testable import HTTPEndpoint

/// Credentials are decoded exactly, from one encoding only.
///
/// The input is a field value, and also the name and password of another one.
enum PasswordTarget {
    private static let colon = UInt8(ascii: ":")

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        try checkField(String(decoding: input, as: UTF8.self))
        guard let end = input.firstIndex(of: colon) else { return }
        let password = Array(input[(end + 1)...])
        let credentials = read(["Basic " + Data(input).base64EncodedString()])
        guard !password.contains(0) else {
            return try FuzzFinding.require(credentials == nil, "a NUL in a password")
        }
        try FuzzFinding.require(
            credentials?.user == Array(input[..<end]) && credentials?.password == password,
            "\(input) is read as \(String(describing: credentials))"
        )
    }

    private static func checkField(_ value: String) throws(FuzzFinding) {
        guard let credentials = read([value]) else { return }
        try FuzzFinding.require(!credentials.user.contains(colon), "a colon in the name \(credentials.user)")
        try FuzzFinding.require(!credentials.password.contains(0), "a NUL in a password")
        let token = Data(credentials.user + [colon] + credentials.password).base64EncodedString()
        try FuzzFinding.require(
            value.utf8.reversed().starts(with: token.utf8.reversed()),
            "\(value.debugDescription) is another spelling of \(token)"
        )
        try FuzzFinding.require(read([value, value]) == nil, "two fields are read")
    }

    private static func read(_ values: [String]) -> BasicCredentials? {
        BasicCredentials(Headers(values.map { (name: "Authorization", value: $0) }))
    }
}
