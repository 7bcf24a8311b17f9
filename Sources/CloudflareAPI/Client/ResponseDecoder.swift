// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTransport
import WireText

/// Decodes the response to one request.
struct ResponseDecoder {
    private let response: HTTPResponse
    private let call: APICall
    private let rateLimit: RateLimit?

    init(_ response: HTTPResponse, to call: APICall) {
        self.response = response
        self.call = call
        rateLimit = RateLimit(response)
    }

    /// Decodes the result of a successful response.
    ///
    /// - Throws: the class of failure that the response reports, or `.malformed`.
    func decoded<Value: Decodable & Sendable>() throws(APIError) -> APIReply<Value> {
        guard (200..<300).contains(response.status) else {
            throw error(Self.codes(in: response.body))
        }
        let envelope: Envelope<Value>
        do {
            envelope = try JSONDecoder().decode(Envelope<Value>.self, from: Data(response.body))
        } catch {
            throw self.error(.malformed, detail: Self.explanation(error, response.body))
        }
        guard let result = envelope.result else { throw error(envelope.errors) }
        return APIReply(value: result, rateLimit: rateLimit, status: response.status, servedAt: servedAt)
    }

    private var servedAt: Double? {
        response.header("date").flatMap(CivilTime.parseIMFFixdate).map(Double.init)
    }

    private func error(_ codes: [APIMessage]) -> APIError {
        error(APIError.Reason(status: response.status, codes: codes), codes)
    }

    private func error(_ reason: APIError.Reason, _ codes: [APIMessage] = [], detail: String = "") -> APIError
    {
        APIError(
            reason: reason,
            endpoint: call.endpoint,
            path: call.path,
            status: response.status,
            codes: codes,
            retryAfter: response.retryAfter,
            rateLimit: rateLimit,
            detail: detail
        )
    }

    /// Reads the `errors` of a failure.
    ///
    /// An HTML body or an empty one is common, and has none.
    private static func codes(in body: [UInt8]) -> [APIMessage] {
        (try? JSONDecoder().decode(FailureEnvelope.self, from: Data(body)))?.errors ?? []
    }

    /// Explains why the body is malformed, in a few words.
    private static func explanation(_ error: any Error, _ body: [UInt8]) -> String {
        guard let first = body.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) else {
            return "the body is empty"
        }
        if first == 0x3c { return "the body is HTML, not JSON" }
        guard let error = error as? DecodingError else { return "the body is not JSON" }
        return switch error {
        case .keyNotFound(let key, let context):
            "\(path(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context):
            "\(path(context.codingPath)) is null"
        case .typeMismatch(_, let context):
            "\(path(context.codingPath)) has an unexpected type"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            "the body is not JSON (\(body.count) bytes)"
        case .dataCorrupted(let context):
            "\(path(context.codingPath)) is malformed"
        @unknown default:
            "the body is malformed"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        let text = keys.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return text.isEmpty ? "the body" : "\"\(String(text.drop { $0 == "." }).printable(limit: 100))\""
    }
}
