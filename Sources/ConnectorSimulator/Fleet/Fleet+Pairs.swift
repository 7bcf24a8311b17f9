// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The pairs for high availability: exactly one connector of a pair is active.
extension Fleet {
    /// Returns the index of the other connector of a pair.
    func peer(of connector: Int, account: Int) -> Int? {
        let identity = accounts[account].connectors[connector].identity
        return identity.site.isPair ? connector + (identity.isPrimary ? 1 : -1) : nil
    }

    /// Applies the failovers of the script to both connectors of a pair.
    ///
    /// Both scripts have the same failovers. Those of the primary count, unless one of the connectors has no power.
    mutating func applyFailovers(account: Int, _ connector: Int, _ peer: Int) {
        let (primary, secondary) = (min(connector, peer), max(connector, peer))
        change(account: account, connector: secondary) { $0.failovers = [] }
        let due = accounts[account].connectors[primary].failovers
        guard !due.isEmpty else { return }
        change(account: account, connector: primary) { $0.failovers = [] }
        guard accounts[account].connectors[secondary].hasPower else { return }
        let first = [primary, secondary].compactMap { snapshots(account, $0).extras.last }.max().map {
            $0 + 1
        }
        for t in due { swapRoles(account: account, primary, secondary, at: max(t, first ?? t)) }
    }

    private func snapshots(_ account: Int, _ connector: Int) -> SnapshotHistory {
        accounts[account].connectors[connector].snapshots
    }

    /// Swaps the roles of a pair.
    ///
    /// - Parameters:
    ///   - account: the index of the account.
    ///   - one: the index of a connector.
    ///   - other: the index of its peer.
    ///   - t: the first second whose snapshots show the new roles.
    private mutating func swapRoles(account: Int, _ one: Int, _ other: Int, at t: Int) {
        let wasActive = snapshots(account, one).isActive(at: .max) ?? false
        change(account: account, connector: one) { $0.snapshots.setActive(!wasActive, at: t) }
        change(account: account, connector: other) { $0.snapshots.setActive(wasActive, at: t) }
    }

    /// Fails over a pair, and records the events and the snapshots of its connectors with power.
    mutating func failOver(account: Int, connector: Int, at now: Int) {
        guard let peer = peer(of: connector, account: account) else { return }
        let t = max(
            snapshots(account, connector).nextExtra(at: now),
            snapshots(account, peer).nextExtra(at: now)
        )
        swapRoles(account: account, connector, peer, at: t)
        for index in [connector, peer] {
            record(.haTransition, account: account, connector: index, at: now)
            change(account: account, connector: index) { $0.snapshots.change([], at: t) }
        }
    }

    /// Fails over if a connector without power was active and its peer has power.
    mutating func leavePair(account: Int, connector: Int, at now: Int) {
        guard let peer = peer(of: connector, account: account), accounts[account].connectors[peer].hasPower,
            snapshots(account, connector).isActive(at: .max) == true
        else { return }
        failOver(account: account, connector: connector, at: now)
    }

    /// Starts a connector again; it becomes active if its peer has no power.
    mutating func powerOn(account: Int, connector: Int, at now: Double) {
        guard !accounts[account].connectors[connector].hasPower else { return }
        change(account: account, connector: connector) {
            $0.powerOn(at: now)
            $0.recordBoot(at: Int(now))
        }
        guard let peer = peer(of: connector, account: account), !accounts[account].connectors[peer].hasPower,
            snapshots(account, connector).isActive(at: .max) == false
        else { return }
        failOver(account: account, connector: connector, at: Int(now))
    }

    /// Records an event that a test caused, at a connector with power.
    mutating func record(_ kind: EventKind, account: Int, connector: Int, at now: Int) {
        guard accounts[account].connectors[connector].hasPower else { return }
        let event = SimulatedEvent(t: now, n: 0, a: now, kind: kind, payload: .none, version: "")
        _ = inject(event, number: nil, account: account, connector: connector)
    }
}
