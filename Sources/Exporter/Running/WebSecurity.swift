// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Synchronization

/// The web configuration in force, and what it puts around the routes.
///
/// One task reloads; everything else may come from any thread.
final class WebSecurity: Sendable {
    private struct State {
        var configuration: WebConfiguration
        var watch: FileWatch
        /// Kept while the users stay the same, with what it has found right.
        var authentication: BasicAuthentication?
        /// Kept while the limit stays the same, as full as it is.
        var throttle: RateLimitMiddleware?
    }

    private let path: String
    private let state: Mutex<State>

    /// Loads a web configuration file.
    init(path: String) throws(ConfigurationError) {
        self.path = path
        var watch = FileWatch()
        let configuration = try WebConfigurationFile.load(path, watch: &watch)
        state = Mutex(
            State(
                configuration: configuration,
                watch: watch,
                authentication: try Self.authentication(configuration, path: path),
                throttle: Self.throttle(configuration)
            )
        )
    }

    /// What is in force.
    var configuration: WebConfiguration { state.withLock { $0.configuration } }

    /// Whether a file that the newest load has read, or could not read, is another one now.
    var haveFilesChanged: Bool { state.withLock { $0.watch }.hasChanged }

    /// Puts what is in force around a handler: header fields on everything, then the limit, then the passwords.
    func wrapping(_ handler: @escaping Handler) -> Handler {
        let state = state.withLock { $0 }
        var guarded = handler
        if let authentication = state.authentication { guarded = authentication.wrapping(guarded) }
        if let throttle = state.throttle { guarded = throttle.wrapping(guarded) }
        return HeaderMiddleware(state.configuration.headers).wrapping(guarded)
    }

    /// Loads the file and everything that it names again.
    ///
    /// - Returns: what was in force before.
    /// - Throws: where it cannot be honoured whole; then what was in force still is.
    func reload() throws(ConfigurationError) -> WebConfiguration {
        var watch = FileWatch()
        let loaded: WebConfiguration
        do throws(ConfigurationError) {
            loaded = try WebConfigurationFile.load(path, watch: &watch)
        } catch {
            state.withLock { [watch] in $0.watch = watch }
            throw error
        }
        let former = state.withLock { [watch] state in
            state.watch = watch
            return state
        }
        let isSwitch = (loaded.tls == nil) != (former.configuration.tls == nil)
        guard !isSwitch else {
            throw ConfigurationError(
                "\(path): tls_server_config: TLS cannot be turned \(loaded.tls == nil ? "off" : "on") while the "
                    + "exporter runs; restart it"
            )
        }
        let hasSameUsers = loaded.users == former.configuration.users
        let authentication =
            hasSameUsers ? former.authentication : try Self.authentication(loaded, path: path)
        let hasSameLimit = loaded.rateLimit == former.configuration.rateLimit
        let throttle = hasSameLimit ? former.throttle : Self.throttle(loaded)
        state.withLock { state in
            state.configuration = loaded
            state.authentication = authentication
            state.throttle = throttle
        }
        return former.configuration
    }

    private static func authentication(
        _ configuration: WebConfiguration,
        path: String
    ) throws(ConfigurationError) -> BasicAuthentication? {
        guard !configuration.users.isEmpty else { return nil }
        do throws(EndpointError) {
            return try BasicAuthentication(users: configuration.users.map { ($0.name, $0.hash) })
        } catch {
            throw ConfigurationError("\(path): basic_auth_users: \(error)")
        }
    }

    private static func throttle(_ configuration: WebConfiguration) -> RateLimitMiddleware? {
        configuration.rateLimit.map {
            RateLimitMiddleware(TokenBucket(interval: $0.interval, burst: $0.burst))
        }
    }
}
