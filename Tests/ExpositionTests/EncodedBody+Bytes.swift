// SPDX-License-Identifier: Apache-2.0

import Exposition

extension EncodedBody {
    /// All chunks, as they are sent.
    var chunks: [[UInt8]] { end.isEmpty ? shared : shared + [end] }

    /// All bytes, as they are received.
    var bytes: [UInt8] { Array(chunks.joined()) }
}
