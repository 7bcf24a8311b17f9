// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTransport
import WireText

/// A response to a question, and what can be made of it.
struct ResponseDecoder {
    private let response: HTTPResponse
    private let question: APICall
    private let rateLimit: RateLimit?

    /// Takes a response of any status.
    init(_ response: HTTPResponse, to question: APICall) {
        self.response = response
        self.question = question
        rateLimit = RateLimit(response)
    }

    /// Reads the result of a success.
    ///
    /// - Throws: the failure that the response is, or `.malformed`.
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
        return APIReply(
            value: result,
            rateLimit: rateLimit,
            status: response.status,
            servedAt: servedAt,
            notices: envelope.errors
        )
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
            endpoint: question.endpoint,
            path: question.path,
            status: response.status,
            codes: codes,
            retryAfter: response.retryAfter,
            rateLimit: rateLimit,
            detail: detail
        )
    }

    /// What a failure says, where it says it as the API does: HTML and nothing at all are ordinary.
    private static func codes(in body: [UInt8]) -> [APIMessage] {
        (try? JSONDecoder().decode(FailureEnvelope.self, from: Data(body)))?.errors ?? []
    }

    /// Why a body is not the answer, in a few words.
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
            "\(path(context.codingPath)) is of another type"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            "the body is not JSON (\(body.count) bytes)"
        case .dataCorrupted(let context):
            "\(path(context.codingPath)) cannot be read"
        @unknown default:
            "the body cannot be read"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        let text = keys.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return text.isEmpty ? "the body" : "\"\(String(text.drop { $0 == "." }).printable(limit: 100))\""
    }
}
