// SPDX-License-Identifier: Apache-2.0

import WireText

/// Strict percent-decoding.
///
/// Source: RFC 3986, 2.1; for `+` the HTML standard, "application/x-www-form-urlencoded".
enum PercentDecoding {
    /// Decodes a component of a request target.
    ///
    /// - Parameters:
    ///   - bytes: visible US-ASCII.
    ///   - plusIsSpace: whether `+` means a space, as in a query.
    /// - Returns: `nil` if an escape is not two hexadecimal digits, or the result contains NUL or invalid UTF-8.
    static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            var byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.endIndex, let high = bytes[index + 1].hexadecimalValue,
                    let low = bytes[index + 2].hexadecimalValue
                else { return nil }
                byte = high << 4 | low
                guard byte != 0 else { return nil }
                index += 2
            } else if plusIsSpace, byte == UInt8(ascii: "+") {
                byte = .space
            }
            decoded.append(byte)
            index += 1
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
