// SPDX-License-Identifier: Apache-2.0

import CCrypt

/// The password hash of the web configuration file, by the system's libcrypt.
///
/// A call takes milliseconds to hours: each step of the cost doubles the work. It belongs on a thread of its own.
///
/// Source: Provos and Mazières, "A Future-Adaptable Password Scheme" (1999); crypt(5).
enum Bcrypt {
    /// The least and the most work that there is, as a power of two.
    static let costs = 4...31

    /// How much of a password counts; libcrypt refuses more than 511 bytes, Go takes any number and uses as many.
    static let passwordBytes = 72

    /// The bytes of a hash that say how to make it: prefix, cost and salt.
    static let settingBytes = 29

    /// Hashes a password as another hash was made.
    ///
    /// - Parameters:
    ///   - password: without a NUL, at which libcrypt would stop; what is beyond the first 72 bytes does not count.
    ///   - setting: of that hash; a whole hash will do.
    /// - Returns: 60 bytes; `nil` where libcrypt refuses, which for a checked setting means that it knows no bcrypt.
    static func hash(_ password: some Sequence<UInt8>, like setting: [UInt8]) -> [UInt8]? {
        let password = password.prefix(passwordBytes).map(CChar.init(bitPattern:)) + [0]
        let setting = setting.map(CChar.init(bitPattern:)) + [0]
        var hash = [CChar](repeating: 0, count: 61)
        guard unsafe ccrypt_bcrypt(password, setting, &hash) else { return nil }
        return hash.dropLast().map(UInt8.init(bitPattern:))
    }

    /// Does the work of one hash for nothing.
    static func spend(cost: Int) {
        let digits = cost < 10 ? "0\(cost)" : "\(cost)"
        _ = hash("nobody".utf8, like: Array("$2b$\(digits)$......................".utf8))
    }

    /// Whether the system's libcrypt can do it, by a hash that is known: jBCrypt's of nothing at all.
    static var isAvailable: Bool {
        let known = Array("$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.".utf8)
        return hash([], like: known) == known
    }
}
