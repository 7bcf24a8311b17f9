// SPDX-License-Identifier: Apache-2.0

/// The parsed path of an API request.
enum Route: Sendable, Hashable {
    case connectors(account: String)
    case sites(account: String)
    /// The status of the token; the account is `nil` in the path for tokens of users.
    case token(account: String?)
    case connector(account: String, id: String)
    case events(account: String, id: String)
    case latest(account: String, id: String)
    /// The name is `t.n`, unparsed.
    case event(account: String, id: String, name: String)
    case snapshots(account: String, id: String)
    case snapshotsLatest(account: String, id: String)
    /// The name is `t`, unparsed.
    case snapshot(account: String, id: String, name: String)
    /// A path that the simulator does not serve.
    case unknown

    /// - Parameter path: the percent-decoded path.
    init(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        if let route = Self.token(parts) ?? Self.sites(parts) {
            self = route
            return
        }
        guard parts.count >= 6, parts[0...2] == ["client", "v4", "accounts"],
            parts[4...5] == ["magic", "connectors"],
            !parts[3].isEmpty
        else {
            self = .unknown
            return
        }
        let account = parts[3]
        let rest = parts.dropFirst(6).map { $0 }
        switch rest.count {
        case 0: self = .connectors(account: account)
        case 1 where !rest[0].isEmpty: self = .connector(account: account, id: rest[0])
        case 3, 4: self = Self.telemetry(account, rest) ?? .unknown
        default: self = .unknown
        }
    }

    private static func telemetry(_ account: String, _ rest: [String]) -> Route? {
        guard rest[1] == "telemetry" else { return nil }
        let id = rest[0]
        switch (rest[2], rest.count > 3 ? rest[3] : nil) {
        case ("events", nil): return .events(account: account, id: id)
        case ("events", "latest"): return .latest(account: account, id: id)
        case ("events", let name?): return .event(account: account, id: id, name: name)
        case ("snapshots", nil): return .snapshots(account: account, id: id)
        case ("snapshots", "latest"): return .snapshotsLatest(account: account, id: id)
        case ("snapshots", let name?): return .snapshot(account: account, id: id, name: name)
        default: return nil
        }
    }

    private static func token(_ parts: [String]) -> Route? {
        if parts == ["client", "v4", "user", "tokens", "verify"] { return .token(account: nil) }
        guard parts.count == 6, parts[0...2] == ["client", "v4", "accounts"],
            parts[4...5] == ["tokens", "verify"]
        else { return nil }
        return .token(account: parts[3])
    }

    private static func sites(_ parts: [String]) -> Route? {
        guard parts.count == 6, parts[0...2] == ["client", "v4", "accounts"],
            parts[4...5] == ["magic", "sites"]
        else { return nil }
        return .sites(account: parts[3])
    }

    /// The kind, for faults and statistics.
    var kind: RouteKind {
        switch self {
        case .connectors: .connectors
        case .connector: .connector
        case .sites: .sites
        case .token: .token
        case .events: .events
        case .latest: .latest
        case .event: .event
        case .snapshots: .snapshots
        case .snapshotsLatest: .snapshotsLatest
        case .snapshot: .snapshot
        case .unknown: .unknown
        }
    }

    var account: String? {
        switch self {
        case .connectors(let account), .sites(let account): account
        case .token(let account): account
        case .connector(let account, _), .events(let account, _), .latest(let account, _): account
        case .snapshots(let account, _), .snapshotsLatest(let account, _): account
        case .event(let account, _, _), .snapshot(let account, _, _): account
        case .unknown: nil
        }
    }

    var connector: String? {
        switch self {
        case .connector(_, let id), .events(_, let id), .latest(_, let id): id
        case .snapshots(_, let id), .snapshotsLatest(_, let id): id
        case .event(_, let id, _), .snapshot(_, let id, _): id
        case .connectors, .sites, .token, .unknown: nil
        }
    }
}
