// SPDX-License-Identifier: Apache-2.0

import Exposition
import Synchronization

/// What clients are answered with, by the headers that they always send alike.
///
/// A Prometheus sends the same `Accept` with every scrape, and to read it costs more than to find it again.
final class NegotiationCache: Sendable {
    /// A format and a coding, with the headers that name them.
    struct Answer: Sendable {
        let dialect: ExpositionFormat
        let isGzip: Bool
        let headers: [(name: String, value: String)]

        fileprivate init(_ question: Question) {
            let (dialect, contentType) = Negotiation.format(accept: question.accept)
            self.dialect = dialect
            isGzip = Negotiation.acceptsGzip(question.acceptEncoding)
            var headers = [(name: "Content-Type", value: contentType)]
            headers.append((name: "Vary", value: "Accept, Accept-Encoding"))
            if isGzip { headers.append((name: "Content-Encoding", value: "gzip")) }
            self.headers = headers
        }
    }

    fileprivate struct Question: Hashable {
        let accept: String?
        let acceptEncoding: String?

        var length: Int { (accept?.utf8.count ?? 0) + (acceptEncoding?.utf8.count ?? 0) }
    }

    /// The most answers that are kept; who makes up more headers has them read again.
    private static let countLimit = 16

    /// The longest headers whose answer is kept, in bytes.
    private static let lengthLimit = 2048

    private let known = Mutex<[Question: Answer]>([:])

    /// Finds the answer.
    ///
    /// - Parameters:
    ///   - accept: the value of `Accept`, of any content.
    ///   - acceptEncoding: the value of `Accept-Encoding`, of any content.
    /// - Returns: the one that `Negotiation` gives.
    func answer(accept: String?, acceptEncoding: String?) -> Answer {
        let question = Question(accept: accept, acceptEncoding: acceptEncoding)
        if let answer = known.withLock({ $0[question] }) { return answer }
        let answer = Answer(question)
        if question.length <= Self.lengthLimit {
            known.withLock { known in
                if known.count >= Self.countLimit { known = [:] }
                known[question] = answer
            }
        }
        return answer
    }
}
