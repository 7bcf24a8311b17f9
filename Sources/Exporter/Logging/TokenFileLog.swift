// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Logging

/// A check of the modes of token files.
enum TokenFileLog {
    /// Logs a warning for each token file that every user of the system may read.
    ///
    /// A file that its group may read is normal: Kubernetes mounts secrets so.
    static func warn(of accounts: [Configuration.Account], to logger: Logger) {
        for (index, account) in accounts.enumerated() {
            guard case .file(let path) = account.token, isReadableByAllUsers(path) else { continue }
            logger.warning(
                "all users may read the token file; remove this permission with chmod o-r",
                metadata: [
                    "event": "token_file_readable", "key": "accounts[\(index)].api_token_file",
                    "path": "\(path)",
                ]
            )
        }
    }
}
