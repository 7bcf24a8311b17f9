// SPDX-License-Identifier: Apache-2.0

import CCrypt

/// The bcrypt password hash of the system's libcrypt.
///
/// Each step of the cost doubles the work, so that a call takes milliseconds to hours. It must run on its own thread.
///
/// Source: Provos and Mazières, "A Future-Adaptable Password Scheme" (1999); crypt(5).
enum Bcrypt {
    /// The valid costs: binary logarithms of the number of rounds.
    static let costs = 4...31

    /// The number of significant bytes of a password.
    ///
    /// libcrypt rejects passwords of more than 511 bytes. Go accepts any length and uses the first 72 bytes.
    static let passwordBytes = 72

    /// The length of the setting at the start of a hash: prefix, cost and salt.
    static let settingBytes = 29

    /// Returns the hash of a password.
    ///
    /// - Parameters:
    ///   - password: without NUL, at which libcrypt would stop. Only the first 72 bytes are used.
    ///   - setting: the prefix, the cost and the salt, or a complete hash that begins with them.
    /// - Returns: 60 bytes; `nil` if libcrypt rejects the setting or does not support bcrypt.
    static func hash(_ password: some Sequence<UInt8>, setting: [UInt8]) -> [UInt8]? {
        let password = password.prefix(passwordBytes).map(CChar.init(bitPattern:)) + [0]
        let setting = setting.map(CChar.init(bitPattern:)) + [0]
        var hash = [CChar](repeating: 0, count: 61)
        guard unsafe ccrypt_bcrypt(password, setting, &hash) else { return nil }
        return hash.dropLast().map(UInt8.init(bitPattern:))
    }

    /// Computes one hash and discards it, so that a rejection takes as long as a check.
    static func burnTime(cost: Int) {
        let digits = cost < 10 ? "0\(cost)" : "\(cost)"
        _ = hash("password".utf8, setting: Array("$2b$\(digits)$......................".utf8))
    }

    /// Whether libcrypt supports bcrypt, tested by a known hash of the empty password (from jBCrypt).
    static var isAvailable: Bool {
        let known = Array("$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.".utf8)
        return hash([], setting: known) == known
    }
}
