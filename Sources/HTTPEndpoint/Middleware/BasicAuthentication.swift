// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Synchronization

/// Middleware for HTTP basic authentication.
///
/// It rejects requests without valid credentials with 401, on every path.
///
/// Response times reveal neither user names nor hash costs. A request without well-formed credentials is rejected at
/// once. Every other rejection takes the work of the highest cost among the users' hashes. For an unknown user that
/// work is done on a dummy hash. For a user of a lower cost `c`, the costs `c`, `c`+1 and so on up to the highest minus
/// one are added, and their sum is exactly the missing work.
///
/// Only valid passwords are cached, as a keyed hash of name, password hash and password. Each part is prefixed by its
/// length, because CVE-2022-46146 was an ambiguous concatenation. A cached password is accepted at once, which reveals
/// no more than the 200 does. The cache lookup uses a hash with a secret key, so that its time reveals nothing about
/// other passwords. Invalid passwords are never cached, and each attempt costs its work.
///
/// Source: RFC 7617; the semantics are those of Prometheus' exporter-toolkit.
package final class BasicAuthentication: Sendable {
    /// A request that waits for a password check.
    ///
    /// The closure is in a struct, as in `SharedState.HandlerBox`.
    private struct Waiter: Sendable {
        let completion: @Sendable (Bool) -> Void
    }

    private struct State {
        /// The keyed hashes of valid credentials.
        ///
        /// A bcrypt hash has one password in its first 72 bytes, so that the set never exceeds the number of users.
        var valid: Set<[UInt8]> = []
        /// The waiting requests by keyed hash.
        ///
        /// Equal credentials are checked once.
        var waiting: [[UInt8]: [Waiter]] = [:]
        /// The total number of waiting requests.
        var waiterCount = 0
    }

    private enum Step {
        case accept, check, wait, reject
    }

    private let users: [[UInt8]: PasswordHash]
    private let highestCost: Int
    private let waitingLimit: Int
    private let key = KeyedHash()
    private let state = Mutex(State())
    private let thread: PasswordThread

    /// Creates the middleware and starts its thread.
    ///
    /// - Parameters:
    ///   - users: at least one. Names are compared byte by byte.
    ///   - waitingLimit: the maximum number of requests that wait for a check. Further ones are rejected with 503.
    /// - Throws: an error if the thread cannot be started, or libcrypt does not support bcrypt.
    package init(users: [(name: String, hash: PasswordHash)], waitingLimit: Int = 64) throws(EndpointError) {
        guard Bcrypt.isAvailable else {
            throw EndpointError(
                "the system's libcrypt does not support bcrypt; install libcrypt of libxcrypt"
            )
        }
        self.users = Dictionary(users.map { (Array($0.name.utf8), $0.hash) }) { $1 }
        highestCost = users.map(\.hash.cost).max() ?? Bcrypt.costs.lowerBound
        self.waitingLimit = waitingLimit
        do throws(Errno) {
            thread = try PasswordThread()
        } catch {
            throw EndpointError(
                "cannot start the password thread: \(error); raise the limit of processes",
                errno: error.rawValue
            )
        }
    }

    /// Returns a handler that calls another one for authenticated requests.
    ///
    /// The inner handler runs on the endpoint thread, or on the password thread after a password check.
    package func wrapping(_ handler: @escaping Handler) -> Handler {
        { [self] request, responder in
            guard let credentials = BasicCredentials(request.headers) else {
                return responder.send(Self.unauthorized)
            }
            check(credentials) { isValid in
                isValid ? handler(request, responder) : responder.send(Self.unauthorized)
            } onOverload: {
                responder.send(Self.overloaded)
            }
        }
    }

    private func check(
        _ credentials: BasicCredentials,
        completion: @escaping @Sendable (Bool) -> Void,
        onOverload: () -> Void
    ) {
        let hash = users[credentials.user]
        // bcrypt ignores the rest of the password, and so must the cache.
        let password = Array(credentials.password.prefix(Bcrypt.passwordBytes))
        guard let digest = key.digest(of: [credentials.user, hash?.bytes ?? [], password]) else {
            return onOverload()
        }
        let step: Step = state.withLock { state in
            if state.valid.contains(digest) { return .accept }
            guard state.waiterCount < waitingLimit else { return .reject }
            let isFirst = state.waiting[digest] == nil
            state.waiting[digest, default: []].append(Waiter(completion: completion))
            state.waiterCount += 1
            return isFirst ? .check : .wait
        }
        switch step {
        case .accept: completion(true)
        case .reject: onOverload()
        case .wait: break
        case .check:
            thread.post(
                PasswordThread.Work { [self] in
                    finishCheck(of: digest, isValid: isValid(password, hash))
                }
            )
        }
    }

    private func isValid(_ password: [UInt8], _ hash: PasswordHash?) -> Bool {
        guard let hash else {
            Bcrypt.burnTime(cost: highestCost)
            return false
        }
        if hash.matches(password) { return true }
        for cost in hash.cost..<highestCost { Bcrypt.burnTime(cost: cost) }
        return false
    }

    private func finishCheck(of digest: [UInt8], isValid: Bool) {
        let waiters = state.withLock { state in
            if isValid { state.valid.insert(digest) }
            let waiters = state.waiting.removeValue(forKey: digest) ?? []
            state.waiterCount -= waiters.count
            return waiters
        }
        for waiter in waiters { waiter.completion(isValid) }
    }

    private static var unauthorized: Response {
        var response = Response.text(401, "Unauthorized\n")
        response.headers.append(("WWW-Authenticate", "Basic"))
        return response
    }

    private static var overloaded: Response {
        var response = Response.text(503, "Too many pending password checks; try again later.\n")
        response.headers.append(("Retry-After", "5"))
        return response
    }
}
