// SPDX-License-Identifier: Apache-2.0

extension APIError: CustomStringConvertible {
    /// The request, the response and the remedy, in one or two sentences.
    package var description: String {
        let request = "GET \(path.isEmpty ? endpoint.rawValue : path)"
        let exchange = status.map { "\(request) answered \($0)\(codesText)" } ?? request
        let sentence = detail.isEmpty ? exchange : "\(exchange): \(detail)"
        return sentence + "." + advice
    }

    private var codesText: String {
        codes.isEmpty ? "" : " (\(codes.map(\.description).joined(separator: ", ")))"
    }

    private var advice: String {
        switch reason {
        case .unauthorized:
            " Check the API token; it needs the account permission \"Magic WAN Read\"."
        case .forbidden:
            " Give the API token the account permission \"Magic WAN Read\", and check its address filter."
        case .notFound:
            " Check the account id. The API also answers this for a connector that has never reported."
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
