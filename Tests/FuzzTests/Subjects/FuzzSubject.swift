// SPDX-License-Identifier: Apache-2.0

/// A reader of what strangers send or operators write, and what holds for every input.
///
/// Its raw value names its folder in `Corpus`.
enum FuzzSubject: String, CaseIterable, Sendable {
    /// HTTP requests, however they were split on their way.
    case request
    /// `Accept` and `Accept-Encoding`.
    case accept
    /// Addresses to listen on.
    case address
    /// The configuration file.
    case configuration
    /// Prometheus's durations.
    case duration
    /// What the API answers.
    case answer
    /// `Ratelimit` and `Ratelimit-Policy`.
    case ratelimit
    /// Times of unknown form.
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
    /// What a token has spent, as the ledger keeps it.
    case budget

    /// Reads an input and looks whether what holds for every input holds for this one.
    ///
    /// - Parameter input: of any length.
    /// - Throws: what does not hold.
    func check(_ input: [UInt8]) throws(FuzzFinding) {
        switch self {
        case .request: try RequestSubject.check(input)
        case .accept: try AcceptSubject.check(input)
        case .address: try AddressSubject.check(input)
        case .configuration: try ConfigurationSubject.check(input)
        case .duration: try DurationSubject.check(input)
        case .answer: try AnswerSubject.check(input)
        case .ratelimit: try RateLimitSubject.check(input)
        case .time: try TimeSubject.check(input)
        case .web: try WebSubject.check(input)
        case .goduration: try GoDurationSubject.check(input)
        case .password: try PasswordSubject.check(input)
        case .date: try DateSubject.check(input)
        case .timeout: try TimeoutSubject.check(input)
        case .budget: try BudgetSubject.check(input)
        }
    }
}
