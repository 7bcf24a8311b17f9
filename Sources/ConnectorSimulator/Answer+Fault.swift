// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import WireText

/// What faults do to a whole answer.
extension Answer {
    /// The answer that a fault gives in place of the right one, if it does.
    static func inPlace(of route: Route, _ effect: FaultEffect, now: Int) -> Answer? {
        switch effect {
        case .status(let status, let body, let retryAfter):
            var answer =
                switch body {
                case .json:
                    Refusal(status: status, code: 1000, message: "The simulator was asked for a \(status).")
                        .answer(hasResult: route.endpoint == .connectors || route.endpoint == .connector)
                case .html: html(status)
                case .empty: Answer(status: status)
                }
            switch retryAfter {
            case .none: break
            case .seconds(let seconds): answer.headers.append(("Retry-After", String(seconds)))
            case .date(let seconds):
                answer.headers.append(("Retry-After", CivilTime(secondsSinceEpoch: now + seconds).imfFixdate))
            }
            return answer
        case .html: return html(200)
        case .redirect(let status):
            return Answer(status: status, headers: [("Location", "http://127.0.0.1:1\(elsewhere)")])
        case .successFalse:
            return Refusal(status: 200, code: 1000, message: "The simulator was asked for success: false.")
                .answer(hasResult: true)
        default: return nil
        }
    }

    /// A path that nobody may follow.
    private static let elsewhere = "/client/v4/elsewhere"

    /// Spoils the way in which the answer leaves.
    mutating func spoil(_ effect: FaultEffect) {
        switch effect {
        case .reset: wire.fault = .reset
        case .stall(let bytes): wire.fault = .stall(after: min(bytes ?? body.count / 2, body.count))
        case .slow(let rate): wire.fault = .slow(bytesPerSecond: rate)
        case .delay(let seconds): wire.delay += .milliseconds(Int(seconds * 1000))
        case .truncateJSON(let bytes): body = Array(body.prefix(bytes ?? body.count / 2))
        // One byte less at least, or nothing would be cut.
        case .truncateConnection(let bytes):
            let count = max(0, min(bytes ?? body.count / 2, body.count - 1))
            wire.fault = .cut(after: count, isReset: false)
        case .endlessBody: wire.fault = .endless
        case .garbageGzip:
            headers.append(("Content-Encoding", "gzip"))
            // The magic number of gzip, so that a client begins to believe it (RFC 1952, 2.3.1).
            body = [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3] + body.map { $0 ^ 0xa5 }
        case .gzip(let kind):
            headers.append(("Content-Encoding", "gzip"))
            body = Gzip.pack(body, kind)
        case .encoding(let name): headers.append(("Content-Encoding", name))
        case .header(let name, let value):
            headers.removeAll { $0.name.lowercased() == name.lowercased() }
            headers.append((name, value.text))
        default: break
        }
    }
}

extension FaultEffect.HeaderValue {
    /// The value itself.
    fileprivate var text: String {
        switch self {
        case .text(let text): text
        case .filler(let count): String(repeating: "x", count: count)
        }
    }
}
