// SPDX-License-Identifier: Apache-2.0

import Exposition

extension EncodedBody {
    /// All chunks in the order in which they are sent.
    var chunks: [[UInt8]] { tail.isEmpty ? shared : shared + [tail] }

    /// All bytes as the client receives them.
    var bytes: [UInt8] { Array(chunks.joined()) }
}
