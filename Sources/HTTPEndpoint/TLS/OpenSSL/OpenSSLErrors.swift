// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// What OpenSSL has to say about the calls of this thread that failed.
///
/// It keeps a queue per thread, which `SSL_get_error(3)` looks into: it must be empty before each call whose result is
/// to be understood.
enum OpenSSLErrors {
    /// Forgets what was said before.
    static func clear() { ERR_clear_error() }

    /// Takes everything that was said, the cause first.
    ///
    /// - Returns: OpenSSL's own words; a substitute where it has none.
    static func take() -> String {
        var reasons: [String] = []
        while case let error = ERR_get_error(), error != 0 {
            let reason = text(of: error)
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        return reasons.isEmpty ? "no reason given" : reasons.joined(separator: ", ")
    }

    /// Whether the newest error has a reason of a library.
    static func newestIs(_ reason: Int32, of library: Int32) -> Bool {
        let error = ERR_peek_last_error()
        return clibssl_reason(error) == reason && Int32(truncatingIfNeeded: error >> 23) & 0xff == library
    }

    private static func text(of error: UInt) -> String {
        guard let reason = unsafe ERR_reason_error_string(error) else { return "error \(error)" }
        return unsafe String(cString: reason)
    }
}
