// SPDX-License-Identifier: Apache-2.0

/// The ports, the devices of the kernel, the link aggregation group and the routes.
extension SnapshotContent {
    var bonds: [SnapshotObject] {
        guard !model.bondMembers.isEmpty else { return [] }
        let members = model.bondMembers.filter { state.hasCarrier(port: $0) }.count
        var bond = SnapshotObject()
        bond.add("name", "bond0")
        bond.add("status", members == 0 ? "down" : members < model.bondMembers.count ? "degraded" : "up")
        return [bond]
    }

    var interfaces: [SnapshotObject] {
        let ports = model.ports.indices.map(interface(ofPort:))
        let tunnels = model.tunnels.map { interface($0.device, "unknown") }
        let bond = model.bondMembers.isEmpty ? [] : [interface("bond0", bondIsUp ? "up" : "down")]
        return ports + bond + tunnels + [interface("lo", "unknown")]
    }

    private var bondIsUp: Bool { model.bondMembers.contains { state.hasCarrier(port: $0) } }

    private func interface(_ name: String, _ operstate: String) -> SnapshotObject {
        var object = SnapshotObject()
        object.add("name", name)
        object.add("operstate", operstate)
        return object
    }

    private func interface(ofPort index: Int) -> SnapshotObject {
        let port = model.ports[index]
        let isUp = state.hasCarrier(port: index)
        // The schema says UP and DOWN, the kernel says up and down. Each kind of box uses one of them.
        let text = isUp ? "up" : "down"
        var object = interface(port.name, model.isAppliance ? text : text.uppercased())
        // The kernel reports -1 if a link is down.
        object.add("speed", isUp ? port.speed : -1)
        if isUp || model.isUsed(port: index) {
            let (score, reasons) = health(ofPort: index)
            object.add("health_score", score)
            object.add("health_reason", reasons.joined(separator: ","))
        }
        if let address = address(ofPort: index) {
            var entry = SnapshotObject()
            entry.add("interface_name", port.name)
            entry.add("ip_address", address)
            object.add("ip_addresses", [entry])
        }
        return object
    }

    private func health(ofPort index: Int) -> (score: Int, reasons: [String]) {
        if !state.hasCarrier(port: index) { return (0, ["no_carrier"]) }
        let isImpaired = model.tunnels.indices.contains {
            model.tunnels[$0].wan == index && state.health(tunnel: $0, model) == "degraded"
        }
        if isImpaired { return (noise.whole(35...60, 0xc4_01, t), ["latency", "loss"]) }
        return (noise.whole(97...100, 0xc4_02, t + index), [])
    }

    /// The addresses are those of RFC 5737, section 3, and of private networks.
    private func address(ofPort index: Int) -> String? {
        switch model.ports[index].role {
        case .wan: "203.0.113.\(1 + noise.whole(0...126, 0xc4_03) * 2 + index % 2)/24"
        case .lan: "\(network(ofPort: index)).1/24"
        case .trunk, .unused: nil
        }
    }

    /// The first three numbers of the addresses of a LAN.
    func network(ofPort index: Int) -> String { "10.\(noise.whole(1...199, 0xc4_04)).\(index)" }

    var devices: [SnapshotObject] {
        var devices = [device("lo", work * scale, rate: 4000, losses: 0)]
        for (index, port) in model.ports.enumerated() {
            let rate =
                switch port.role {
                case .wan: 900_000.0
                case .lan, .trunk: 700_000.0
                case .unused: 20_000.0
                }
            devices.append(link(port.name, index, rate: rate / Double(1 + index)))
        }
        if !model.bondMembers.isEmpty {
            let total = model.bondMembers.reduce(0) { $0 + state.work(link: $1, at: t, model) }
            devices.append(device("bond0", total * scale, rate: 4000, losses: 0))
        }
        for (index, tunnel) in model.tunnels.enumerated() {
            devices.append(
                link(tunnel.device, model.link(ofTunnel: index), rate: 400_000 / Double(1 + index))
            )
        }
        return devices
    }

    private func link(_ name: String, _ link: Int, rate: Double) -> SnapshotObject {
        let work = state.work(link: link, at: t, model) * scale
        return device(name, work, rate: rate, losses: state.links[link].losses)
    }

    /// Returns a device of the kernel.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - work: the work since boot, in seconds of average load.
    ///   - rate: the average number of bytes received per second.
    ///   - losses: how often the link went down since boot.
    /// - Returns: the device with its counters.
    private func device(_ name: String, _ work: Double, rate: Double, losses: Int) -> SnapshotObject {
        var object = SnapshotObject(capacity: 17)
        // The loopback device receives what it sends.
        let sent = name == "lo" ? rate : rate * 0.4
        object.add("name", name)
        object.add("recv_bytes", Int(rate * work))
        object.add("recv_packets", Int(rate / 820 * work))
        object.add("recv_errs", Int(rate * 2e-10 * work))
        object.add("recv_drop", Int(rate * 3e-9 * work))
        object.add("recv_fifo", 0)
        object.add("recv_frame", Int(rate * 1e-10 * work))
        object.add("recv_compressed", 0)
        object.add("recv_multicast", Int(rate * 4e-7 * work))
        object.add("sent_bytes", Int(sent * work))
        object.add("sent_packets", Int(sent / (name == "lo" ? 820 : 410) * work))
        object.add("sent_errs", Int(sent * 1e-10 * work))
        object.add("sent_drop", Int(sent * 2e-9 * work))
        object.add("sent_fifo", 0)
        object.add("sent_colls", 0)
        object.add("sent_carrier", losses)
        object.add("sent_compressed", 0)
        return object
    }

    var routes: [SnapshotObject] {
        var routes: [SnapshotObject] = []
        let wans = model.ports.indices.filter { model.ports[$0].role == .wan }
        for (order, port) in wans.enumerated() where state.hasCarrier(port: port) {
            var object = route("default", model.ports[port].name, "breakout", metric: 100 + order)
            object.add("gateway", "203.0.113.254")
            routes.append(object)
        }
        for (index, tunnel) in model.tunnels.enumerated() where state.health(tunnel: index, model) != "down" {
            for network in 0..<4 {
                var object = route("10.\(200 + network).0.0/16", tunnel.device, "tunnel", metric: 10)
                object.add("weight", 100 / model.tunnels.count)
                routes.append(object)
            }
        }
        for port in model.lans where state.hasCarrier(port: port) {
            routes.append(route("\(network(ofPort: port)).0/24", model.ports[port].name, "lan", metric: 0))
        }
        return routes
    }

    private func route(_ destination: String, _ device: String, _ kind: String, metric: Int) -> SnapshotObject
    {
        var object = SnapshotObject()
        object.add("destination", destination)
        object.add("interface_name", device)
        object.add("kind", kind)
        object.add("metric", metric)
        return object
    }
}
