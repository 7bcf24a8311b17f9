// SPDX-License-Identifier: Apache-2.0

/// The hardware and the network of a box, which never change.
///
/// A `MANAGED` connector is an appliance like a Dell VEP; a `LICENSED` one is a virtual machine.
struct BoxModel: Sendable {
    struct Port: Sendable {
        enum Role: Sendable {
            case wan
            case lan
            /// A link to a switch, without a network of its own.
            case trunk
            /// No cable.
            case unused
        }

        let name: String
        let role: Role
        /// The speed of the link, in bits per second.
        let speed: Int
    }

    struct Tunnel: Sendable {
        let id: String
        let device: String
        /// The index of the port below the tunnel.
        let wan: Int
    }

    struct Disk: Sendable {
        let name: String
        let major: Int
        let minor: Int
        /// The share of the box's input and output.
        let share: Double
    }

    struct Mount: Sendable {
        let name: String
        let point: String
        let type: String
        let kind: String
        let bytes: Int
        /// The share that is used.
        let used: Double
        var isReadOnly = false
    }

    struct Sensor: Sendable {
        let label: String
        /// The usual temperature, in degrees Celsius.
        let usual: Double
        /// The limit of the chip; `nil` if the chip has none.
        let critical: Double?
        /// Whether the sensor measures the processor.
        var isProcessor = false
    }

    let isAppliance: Bool
    let platform: String
    let siteID: String
    let cpuCount: Int
    let memoryBytes: Int
    let ports: [Port]
    let tunnels: [Tunnel]
    /// The members of the link aggregation group `bond0`, as indices of ports; empty if there is no group.
    let bondMembers: [Int]
    let disks: [Disk]
    let mounts: [Mount]
    let sensors: [Sensor]
    /// Whether a DHCP server runs on each LAN.
    let hasLeases: Bool
    let noise: BoxNoise

    /// Generates the box of a connector.
    ///
    /// - Parameters:
    ///   - seed: the seed of the fleet.
    ///   - account: the index of the account.
    ///   - identity: the inventory fields of the connector.
    init(seed: UInt64, account: Int, identity: ConnectorIdentity) {
        var random = SeededGenerator(seed: seed, UInt64(account) << 32 | UInt64(identity.index), 7)
        noise = BoxNoise(seed: random.next())
        isAppliance = identity.deviceType == "MANAGED"
        siteID = identity.site.id
        platform = isAppliance ? "dell-vep1445" : "virtual"
        hasLeases = isAppliance
        cpuCount = isAppliance ? 4 : random.whole(1, 2) * 2
        memoryBytes = (isAppliance ? 16 : random.whole(1, 2) * 4) << 30 - 150 << 20
        let ports = isAppliance ? Self.appliancePorts : Self.virtualPorts
        self.ports = ports
        let wans = ports.indices.filter { ports[$0].role == .wan }
        tunnels = identity.tunnels.enumerated().map { index, id in
            Tunnel(id: id, device: "xfrm\(index + 1)", wan: wans[index % wans.count])
        }
        bondMembers = isAppliance && identity.index % 2 == 0 ? [4, 5] : []
        disks = isAppliance ? Self.applianceDisks : Self.virtualDisks
        mounts = isAppliance ? Self.applianceMounts : Self.virtualMounts
        sensors = isAppliance ? Self.applianceSensors : identity.index % 2 == 0 ? Self.virtualSensors : []
    }

    /// The indices of the ports of LANs.
    var lans: [Int] { ports.indices.filter { ports[$0].role == .lan } }

    /// Whether a port usually has a cable.
    func isUsed(port: Int) -> Bool { ports[port].role != .unused || bondMembers.contains(port) }

    /// The position of a tunnel among the links of a box: the ports come first.
    func link(ofTunnel tunnel: Int) -> Int { ports.count + tunnel }
}
