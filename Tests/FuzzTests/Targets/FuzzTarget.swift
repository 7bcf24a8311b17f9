// SPDX-License-Identifier: Apache-2.0

/// A parser of external input, with the properties that hold for every input.
///
/// The raw value is the name of its folder in `Corpus`.
enum FuzzTarget: String, CaseIterable, Sendable {
    /// HTTP requests.
    case request
    /// Whole connections: bytes, time, responses and stops.
    case connection
    /// TLS handshakes.
    case tls
    /// `Accept` and `Accept-Encoding`.
    case accept
    /// Addresses to listen on.
    case address
    /// The configuration file.
    case configuration
    /// Prometheus's durations.
    case duration
    /// Responses of the API.
    case answer
    /// `Ratelimit` and `Ratelimit-Policy`.
    case ratelimit
    /// Times in any form.
    case time
    /// The web configuration file.
    case web
    /// Go's durations.
    case goduration
    /// `Authorization`.
    case password
    /// `Date`.
    case date
    /// `X-Prometheus-Scrape-Timeout-Seconds`.
    case timeout
    /// Stored request budgets.
    case budget

    /// Parses an input and checks the properties.
    ///
    /// - Parameter input: of any length.
    /// - Throws: the violated property.
    func check(_ input: [UInt8]) throws(FuzzFinding) {
        switch self {
        case .request: try RequestTarget.check(input)
        case .connection: try ConnectionTarget.check(input)
        case .tls: try TLSTarget.check(input)
        case .accept: try AcceptTarget.check(input)
        case .address: try AddressTarget.check(input)
        case .configuration: try ConfigurationTarget.check(input)
        case .duration: try DurationTarget.check(input)
        case .answer: try AnswerTarget.check(input)
        case .ratelimit: try RateLimitTarget.check(input)
        case .time: try TimeTarget.check(input)
        case .web: try WebTarget.check(input)
        case .goduration: try GoDurationTarget.check(input)
        case .password: try PasswordTarget.check(input)
        case .date: try DateTarget.check(input)
        case .timeout: try TimeoutTarget.check(input)
        case .budget: try BudgetTarget.check(input)
        }
    }
}
