// SPDX-License-Identifier: Apache-2.0

/// What is variable of a box, at a time.
struct BoxState: Sendable {
    /// A port or a tunnel, through which packets flow while it is up.
    struct Link: Sendable {
        var isUp = true
        /// The work until the last time it went down, since boot.
        var carried = 0.0
        /// When it came up, if it is up.
        var since: Int
        /// How often it went down since boot.
        var losses = 0
    }

    /// What tests and incidents set for a tunnel.
    private struct TunnelSetting: Sendable {
        var forced: String?
        var incident: String?
    }

    /// What tests and incidents set for a port.
    private struct PortSetting: Sendable {
        var forced: Bool?
        var isPlugged: Bool
    }

    private(set) var bootTime: Int
    private(set) var version: String
    /// The used share of the root file system; `nil` if nothing set it.
    private(set) var diskUsed: Double?
    private(set) var temperature: Double?
    private(set) var haState: String?
    private(set) var failedTransmissions = 0
    /// The number of changes so far.
    private(set) var changeCount = 0
    /// The ports, then the tunnels.
    private(set) var links: [Link]
    private var tunnels: [TunnelSetting]
    private var ports: [PortSetting]

    /// The state of a box at its birth.
    init(_ model: BoxModel, birth: Int, version: String) {
        // The script of the agent begins at birth, but the kernel has run for up to 30 days.
        bootTime = max(0, birth - model.noise.whole(0...30 * 86_400, 0xb0_01))
        self.version = version
        tunnels = model.tunnels.map { _ in TunnelSetting() }
        ports = model.ports.indices.map { PortSetting(isPlugged: model.isUsed(port: $0)) }
        links = []
        for index in 0..<(ports.count + tunnels.count) {
            links.append(Link(isUp: isUp(index, model), since: bootTime))
        }
    }

    func hasCarrier(port: Int) -> Bool { ports[port].forced ?? ports[port].isPlugged }

    /// Returns the name of a tunnel's state of health.
    ///
    /// A tunnel is down if its port has no carrier, unless a test has set its health.
    func health(tunnel: Int, _ model: BoxModel) -> String {
        if let forced = tunnels[tunnel].forced { return forced }
        if !hasCarrier(port: model.tunnels[tunnel].wan) { return "down" }
        return tunnels[tunnel].incident ?? "healthy"
    }

    private func isUp(_ link: Int, _ model: BoxModel) -> Bool {
        link < ports.count ? hasCarrier(port: link) : health(tunnel: link - ports.count, model) != "down"
    }

    /// Returns the work that a link has done since boot, in average seconds.
    func work(link: Int, at t: Int, _ model: BoxModel) -> Double {
        let link = links[link]
        return link.carried + (link.isUp ? model.noise.work(from: link.since, to: t) : 0)
    }

    /// Applies a change.
    mutating func apply(_ timed: TimedBoxChange, _ model: BoxModel) {
        changeCount += 1
        switch timed.change {
        case .boot(let time, let version):
            bootTime = time
            self.version = version ?? self.version
            for index in links.indices { links[index] = Link(isUp: links[index].isUp, since: time) }
        case .health(let tunnel, let text): tunnels[tunnel].forced = text
        case .incident(let tunnel, let text): tunnels[tunnel].incident = text
        case .carrier(let port, let isPlugged): ports[port].forced = isPlugged
        case .cable(let port, let isPlugged): ports[port].isPlugged = isPlugged
        case .diskUsed(let share): diskUsed = share
        case .temperature(let degrees): temperature = degrees
        case .haState(let text): haState = text
        case .failedTransmissions(let count): failedTransmissions += count
        case .reset: reset()
        }
        for index in links.indices { settle(index, at: timed.t, model) }
    }

    private mutating func reset() {
        for index in tunnels.indices { tunnels[index].forced = nil }
        for index in ports.indices { ports[index].forced = nil }
        diskUsed = nil
        temperature = nil
        haState = nil
    }

    /// Brings a link up or down, if a change requires it.
    private mutating func settle(_ index: Int, at t: Int, _ model: BoxModel) {
        let isUp = isUp(index, model)
        guard links[index].isUp != isUp else { return }
        if isUp {
            links[index].since = t
        } else {
            links[index].carried = work(link: index, at: t, model)
            links[index].losses += 1
        }
        links[index].isUp = isUp
    }
}
