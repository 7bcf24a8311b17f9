// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Synchronization

/// The web configuration in force, and its middleware.
///
/// Only one task may reload. Other calls may come from any thread.
final class WebSecurity: Sendable {
    private struct State {
        var configuration: WebConfiguration
        var files: WatchedFiles
        /// Unchanged by a reload with the same users, so that the cache of verified passwords remains.
        var authentication: BasicAuthentication?
        /// Unchanged by a reload with the same limit, so that a reload does not refill the bucket.
        var rateLimit: RateLimitMiddleware?
    }

    private let path: String
    private let state: Mutex<State>

    /// Loads a web configuration file.
    init(path: String) throws(ConfigurationError) {
        self.path = path
        var files = WatchedFiles()
        let configuration = try WebConfigurationFile.load(path, files: &files)
        state = Mutex(
            State(
                configuration: configuration,
                files: files,
                authentication: try Self.authentication(configuration, path: path),
                rateLimit: Self.rateLimit(configuration)
            )
        )
    }

    /// The configuration in force.
    var configuration: WebConfiguration { state.withLock { $0.configuration } }

    /// Whether a file of the newest load has changed since then.
    var haveFilesChanged: Bool { state.withLock { $0.files }.haveChanged }

    /// Wraps a handler in the middleware: header fields for every response, then the rate limit, then the passwords.
    func wrapping(_ handler: @escaping Handler) -> Handler {
        let state = state.withLock { $0 }
        var wrapped = handler
        if let authentication = state.authentication { wrapped = authentication.wrapping(wrapped) }
        if let rateLimit = state.rateLimit { wrapped = rateLimit.wrapping(wrapped) }
        return HeaderMiddleware(state.configuration.headers).wrapping(wrapped)
    }

    /// Reloads the file and applies it to an endpoint, for the next request and the next handshake.
    ///
    /// Open connections remain.
    ///
    /// - Parameters:
    ///   - endpoint: the endpoint.
    ///   - handler: the handler to wrap.
    /// - Returns: the new configuration.
    /// - Throws: an error if the configuration is not valid completely. The old one then stays in force.
    func reload(
        applyingTo endpoint: HTTPEndpoint,
        handler: @escaping Handler
    ) throws(ConfigurationError) -> WebConfiguration {
        let old = try reload()
        let new = configuration
        endpoint.replaceHandler(wrapping(handler))
        // Clients can resume their sessions only if the context stays the same.
        if let tls = new.tls, tls.settings != old.tls?.settings { endpoint.replaceTLS(tls.context) }
        return new
    }

    /// Reloads the file, with its certificates and keys.
    ///
    /// - Returns: the old configuration.
    /// - Throws: an error if the configuration is not valid completely. The old one then stays in force.
    func reload() throws(ConfigurationError) -> WebConfiguration {
        var files = WatchedFiles()
        let new: WebConfiguration
        do throws(ConfigurationError) {
            new = try WebConfigurationFile.load(path, files: &files)
        } catch {
            state.withLock { [files] in $0.files = files }
            throw error
        }
        let old = state.withLock { [files] state in
            state.files = files
            return state
        }
        guard (new.tls == nil) == (old.configuration.tls == nil) else {
            throw ConfigurationError(
                "\(path): tls_server_config: TLS cannot be turned \(new.tls == nil ? "off" : "on") while the "
                    + "exporter runs; restart it"
            )
        }
        let hasSameUsers = new.users == old.configuration.users
        let authentication = hasSameUsers ? old.authentication : try Self.authentication(new, path: path)
        let hasSameLimit = new.rateLimit == old.configuration.rateLimit
        let rateLimit = hasSameLimit ? old.rateLimit : Self.rateLimit(new)
        state.withLock { state in
            state.configuration = new
            state.authentication = authentication
            state.rateLimit = rateLimit
        }
        return old.configuration
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

    private static func rateLimit(_ configuration: WebConfiguration) -> RateLimitMiddleware? {
        configuration.rateLimit.map {
            RateLimitMiddleware(TokenBucket(interval: $0.interval, burst: $0.burst))
        }
    }
}
