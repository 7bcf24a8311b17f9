// SPDX-License-Identifier: Apache-2.0

extension APIError: CustomStringConvertible {
    /// What was asked, what came back, and what to do about it, in one sentence or two.
    package var description: String {
        let question = "GET \(path.isEmpty ? endpoint.rawValue : path)"
        let answer = status.map { "\(question) answered \($0)\(said)" } ?? question
        let sentence = detail.isEmpty ? answer : "\(answer): \(detail)"
        return sentence + "." + advice
    }

    private var said: String { codes.isEmpty ? "" : " (\(codes.map(\.description).joined(separator: ", ")))" }

    private var advice: String {
        switch reason {
        case .unauthorized:
            " Check the API token; it needs the account permission \"Magic WAN Read\"."
        case .forbidden:
            " Give the API token the account permission \"Magic WAN Read\", and check its address filter."
        case .notFound:
            " Check the account id; a connector that has never reported may also be unknown here."
        case .rateLimited:
            retryAfter.map { " Wait \($0) before the next request with this token." }
                ?? " Wait before the next request with this token."
        case .redirect:
            " Redirects are not followed; check the base URL."
        default:
            ""
        }
    }
}
