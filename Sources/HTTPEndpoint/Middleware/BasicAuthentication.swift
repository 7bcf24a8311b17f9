// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Synchronization

/// Lets through who gives a user's name and password, and answers everybody else 401, on every path.
///
/// What an answer's time tells: a request with no credentials, or none that could be any, is refused at once, whoever
/// the users are. All other refusals take the work of the highest cost among the users' hashes: for a stranger it is
/// done for nothing, and for a user of a lower cost `c` the costs `c`, `c`+1 and so on up to the highest are added, which
/// doubles to exactly that. So neither a name nor its cost can be found out.
///
/// Only passwords that were found right are remembered, as a keyed hash of name, hash and password, each behind its
/// length (CVE-2022-46146 came of parts that could be divided in another way). A remembered one is let through at once,
/// which tells its sender nothing but the 200 that he gets anyway. The look-up is by a hash under a key that nobody
/// knows, so its time does not lead from a wrong password towards a right one. A wrong password is never remembered: it
/// costs its work each time.
///
/// Source: RFC 7617; the semantics are those of Prometheus's exporter-toolkit.
package final class BasicAuthentication: Sendable {
    /// What waits for the end of a check.
    private struct Waiter: Sendable {
        let answer: @Sendable (Bool) -> Void
    }

    private struct State {
        /// The keyed hashes of what was right.
        ///
        /// A hash of bcrypt has one password (in its first 72 bytes), so there are no more of them than users.
        var known: Set<[UInt8]> = []
        /// By keyed hash, who waits for the same check: it is made once.
        var waiting: [[UInt8]: [Waiter]] = [:]
        /// All of them together.
        var waiterCount = 0
    }

    private enum Step {
        case pass, check, wait, refuse
    }

    private let users: [[UInt8]: PasswordHash]
    private let highestCost: Int
    private let waitingLimit: Int
    private let key = KeyedHash()
    private let state = Mutex(State())
    private let thread: PasswordThread

    /// Makes a guard for these users.
    ///
    /// - Parameters:
    ///   - users: at least one, by the exact text of the name.
    ///   - waitingLimit: the most requests that wait for a check; who comes then gets 503.
    /// - Throws: where the system has no thread to give, or its libcrypt knows no bcrypt.
    package init(users: [(name: String, hash: PasswordHash)], waitingLimit: Int = 64) throws(EndpointError) {
        guard Bcrypt.isAvailable else {
            throw EndpointError("this system's libcrypt knows no bcrypt; install libcrypt of libxcrypt.")
        }
        self.users = Dictionary(users.map { (Array($0.name.utf8), $0.hash) }) { $1 }
        highestCost = users.map(\.hash.cost).max() ?? Bcrypt.costs.lowerBound
        self.waitingLimit = waitingLimit
        do throws(Errno) {
            thread = try PasswordThread()
        } catch {
            throw EndpointError("cannot start a thread to check passwords: \(error).", errno: error.rawValue)
        }
    }

    /// Puts the guard before a handler.
    ///
    /// The handler is called on the endpoint thread, or on the thread that checks passwords when a password had to be
    /// checked.
    package func wrapping(_ handler: @escaping Handler) -> Handler {
        { [self] request, responder in
            guard let credentials = BasicCredentials(request.headers) else {
                return responder.send(Self.refusal)
            }
            check(credentials) { isRight in
                isRight ? handler(request, responder) : responder.send(Self.refusal)
            } orRefuse: {
                responder.send(Self.overload)
            }
        }
    }

    private func check(
        _ credentials: BasicCredentials,
        then answer: @escaping @Sendable (Bool) -> Void,
        orRefuse refuse: () -> Void
    ) {
        let hash = users[credentials.user]
        // What bcrypt does not see is no part of it.
        let password = Array(credentials.password.prefix(Bcrypt.passwordBytes))
        guard let digest = key.digest(of: [credentials.user, hash?.bytes ?? [], password]) else {
            return refuse()
        }
        let step: Step = state.withLock { state in
            if state.known.contains(digest) { return .pass }
            guard state.waiterCount < waitingLimit else { return .refuse }
            let isFirst = state.waiting[digest] == nil
            state.waiting[digest, default: []].append(Waiter(answer: answer))
            state.waiterCount += 1
            return isFirst ? .check : .wait
        }
        switch step {
        case .pass: answer(true)
        case .refuse: refuse()
        case .wait: break
        case .check:
            thread.post(
                PasswordThread.Work { [self] in end(digest, isRight: isRight(password, hash)) }
            )
        }
    }

    private func isRight(_ password: [UInt8], _ hash: PasswordHash?) -> Bool {
        guard let hash else {
            Bcrypt.spend(cost: highestCost)
            return false
        }
        if hash.matches(password) { return true }
        for cost in hash.cost..<highestCost { Bcrypt.spend(cost: cost) }
        return false
    }

    private func end(_ digest: [UInt8], isRight: Bool) {
        let waiters = state.withLock { state in
            if isRight { state.known.insert(digest) }
            let waiters = state.waiting.removeValue(forKey: digest) ?? []
            state.waiterCount -= waiters.count
            return waiters
        }
        for waiter in waiters { waiter.answer(isRight) }
    }

    private static var refusal: Response {
        var response = Response.text(401, "Unauthorized\n")
        response.headers.append(("WWW-Authenticate", "Basic"))
        return response
    }

    private static var overload: Response {
        var response = Response.text(503, "Too many passwords wait to be checked, try again later.\n")
        response.headers.append(("Retry-After", "5"))
        return response
    }
}
