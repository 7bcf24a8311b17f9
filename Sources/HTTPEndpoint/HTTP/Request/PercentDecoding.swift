// SPDX-License-Identifier: Apache-2.0

import WireText

/// Percent-decoding, with no escape and no character let through that is not one.
///
/// Source: RFC 3986, 2.1; for `+` the HTML standard, "application/x-www-form-urlencoded".
enum PercentDecoding {
    /// Decodes a part of a target.
    ///
    /// - Parameters:
    ///   - bytes: visible US-ASCII.
    ///   - plusIsSpace: as it is in a query.
    /// - Returns: `nil` where an escape is not two hexadecimal digits, or the result is not UTF-8 or holds a NUL.
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
