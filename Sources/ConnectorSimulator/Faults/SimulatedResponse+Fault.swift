// SPDX-License-Identifier: Apache-2.0

import WireText

extension SimulatedResponse {
    static func replacement(for route: Route, _ effect: FaultEffect, now: Int) -> SimulatedResponse? {
        switch effect {
        case .status(let status, let body, let retryAfter):
            var response =
                switch body {
                case .json:
                    APIError(status: status, code: 1000, message: "The simulator was asked for a \(status).")
                        .response(hasResult: route.kind == .connectors || route.kind == .connector)
                case .html: html(status)
                case .empty: SimulatedResponse(status: status)
                }
            switch retryAfter {
            case .none: break
            case .seconds(let seconds): response.headers.append(("Retry-After", String(seconds)))
            case .date(let seconds):
                let date = CivilTime(secondsSinceEpoch: now + seconds).imfFixdate
                response.headers.append(("Retry-After", date))
            }
            return response
        case .html: return html(200)
        case .redirect(let status):
            // Port 1 refuses connections: a client must not follow the redirect.
            return SimulatedResponse(
                status: status,
                headers: [("Location", "http://127.0.0.1:1/client/v4/elsewhere")]
            )
        case .successFalse:
            return APIError(status: 200, code: 1000, message: "The simulator was asked for success: false.")
                .response(hasResult: true)
        default: return nil
        }
    }

    /// Applies a fault to a rendered response.
    mutating func apply(_ effect: FaultEffect) {
        switch effect {
        case .reset: wire.fault = .reset
        case .stall(let bytes): wire.fault = .stall(after: min(bytes ?? body.count / 2, body.count))
        case .slow(let rate): wire.fault = .slow(bytesPerSecond: rate)
        case .delay(let seconds): wire.delay += .milliseconds(Int(seconds * 1000))
        case .truncateJSON(let bytes): body = Array(body.prefix(bytes ?? body.count / 2))
        case .truncateConnection(let bytes):
            // At least one byte is missing.
            let count = max(0, min(bytes ?? body.count / 2, body.count - 1))
            wire.fault = .cut(after: count, isReset: false)
        case .endlessBody: wire.fault = .endless
        case .garbageGzip:
            headers.append(("Content-Encoding", "gzip"))
            // The magic number of gzip makes a client start to decompress (RFC 1952, 2.3.1).
            body = [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3] + body.map { $0 ^ 0xa5 }
        case .gzip(let kind):
            headers.append(("Content-Encoding", "gzip"))
            body = Gzip.compress(body, kind)
        case .encoding(let name): headers.append(("Content-Encoding", name))
        case .header(let name, let value):
            headers.removeAll { $0.name.lowercased() == name.lowercased() }
            headers.append((name, value.text))
        default: break
        }
    }
}

extension FaultEffect.HeaderValue {
    fileprivate var text: String {
        switch self {
        case .text(let text): text
        case .filler(let count): String(repeating: "x", count: count)
        }
    }
}
