// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// OpenSSL's error queue of the current thread.
///
/// `SSL_get_error(3)` reads the queue, so that it must be empty before each call whose result is examined.
enum OpenSSLErrors {
    /// Removes all errors.
    static func clear() { ERR_clear_error() }

    /// Removes all errors and returns their texts, the cause first.
    static func takeReasons() -> String {
        var reasons: [String] = []
        while case let error = ERR_get_error(), error != 0 {
            let reason = text(of: error)
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        return reasons.isEmpty ? "no reason given" : reasons.joined(separator: ", ")
    }

    static func newestIs(_ reason: Int32, of library: Int32) -> Bool {
        let error = ERR_peek_last_error()
        return clibssl_reason(error) == reason && Int32(truncatingIfNeeded: error >> 23) & 0xff == library
    }

    private static func text(of error: UInt) -> String {
        guard let reason = unsafe ERR_reason_error_string(error) else { return "error \(error)" }
        return unsafe String(cString: reason)
    }
}
