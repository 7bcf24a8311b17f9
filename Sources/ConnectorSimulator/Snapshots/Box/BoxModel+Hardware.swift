// SPDX-License-Identifier: Apache-2.0

/// The parts of the two kinds of boxes.
extension BoxModel {
    private static let gigabit = 1_000_000_000

    static let appliancePorts: [Port] = [
        Port(name: "eth0", role: .wan, speed: gigabit), Port(name: "eth1", role: .wan, speed: gigabit),
        Port(name: "eth2", role: .lan, speed: gigabit), Port(name: "eth3", role: .lan, speed: gigabit),
        Port(name: "eth4", role: .unused, speed: gigabit), Port(name: "eth5", role: .unused, speed: gigabit),
        Port(name: "eth6", role: .trunk, speed: 10 * gigabit),
        Port(name: "eth7", role: .unused, speed: 10 * gigabit),
    ]

    static let virtualPorts: [Port] = [
        Port(name: "eth0", role: .wan, speed: 10 * gigabit),
        Port(name: "eth1", role: .lan, speed: 10 * gigabit),
        Port(name: "eth2", role: .unused, speed: 10 * gigabit),
    ]

    /// Two disks, and the partitions and loop devices that the kernel lists beside them.
    static let applianceDisks: [Disk] = [
        Disk(name: "nvme0n1", major: 259, minor: 0, share: 1),
        Disk(name: "nvme0n1p1", major: 259, minor: 1, share: 0.01),
        Disk(name: "nvme0n1p2", major: 259, minor: 2, share: 0.09),
        Disk(name: "nvme0n1p3", major: 259, minor: 3, share: 0.9),
        Disk(name: "sda", major: 8, minor: 0, share: 0.3),
        Disk(name: "sda1", major: 8, minor: 1, share: 0.3),
        Disk(name: "loop0", major: 7, minor: 0, share: 0.001),
        Disk(name: "loop1", major: 7, minor: 1, share: 0),
    ]

    static let virtualDisks: [Disk] = [
        Disk(name: "vda", major: 253, minor: 0, share: 1),
        Disk(name: "vda1", major: 253, minor: 1, share: 0.02),
        Disk(name: "vda2", major: 253, minor: 2, share: 0.98),
    ]

    /// Three file systems on disks, and the virtual ones that the kernel lists beside them.
    ///
    /// The root is the first.
    static let applianceMounts: [Mount] = [
        Mount(name: "/dev/nvme0n1p3", point: "/", type: "ext4", kind: "SSD", bytes: 60 << 30, used: 0.31),
        Mount(
            name: "/dev/nvme0n1p2",
            point: "/boot",
            type: "ext4",
            kind: "SSD",
            bytes: 1 << 30,
            used: 0.22,
            isReadOnly: true
        ),
        Mount(name: "/dev/sda1", point: "/data", type: "ext4", kind: "SSD", bytes: 220 << 30, used: 0.12),
        Mount(name: "tmpfs", point: "/run", type: "tmpfs", kind: "Unknown", bytes: 1600 << 20, used: 0.01),
        Mount(name: "tmpfs", point: "/dev/shm", type: "tmpfs", kind: "Unknown", bytes: 8 << 30, used: 0),
        Mount(
            name: "overlay",
            point: "/var/lib/agent",
            type: "overlay",
            kind: "Unknown",
            bytes: 60 << 30,
            used: 0.31
        ),
        Mount(
            name: "/dev/loop0",
            point: "/opt/image",
            type: "squashfs",
            kind: "Unknown",
            bytes: 90 << 20,
            used: 1,
            isReadOnly: true
        ),
    ]

    static let virtualMounts: [Mount] = [
        Mount(name: "/dev/vda2", point: "/", type: "ext4", kind: "HDD", bytes: 18 << 30, used: 0.4),
        Mount(name: "/dev/vda1", point: "/boot", type: "ext4", kind: "HDD", bytes: 1 << 30, used: 0.2),
        Mount(name: "tmpfs", point: "/run", type: "tmpfs", kind: "Unknown", bytes: 800 << 20, used: 0.01),
    ]

    static let applianceSensors: [Sensor] =
        [Sensor(label: "coretemp Package id 0", usual: 52, critical: 100, isProcessor: true)]
        + (0..<4).map {
            Sensor(label: "coretemp Core \($0)", usual: 49 + Double($0), critical: 100, isProcessor: true)
        } + [
            Sensor(label: "nvme Composite EXAMPLE-256", usual: 44, critical: 84.8),
            Sensor(label: "nvme Sensor 1 EXAMPLE-256", usual: 44, critical: nil),
            Sensor(label: "drivetemp temp1", usual: 38, critical: 70),
            Sensor(label: "acpitz temp1", usual: 41, critical: 105),
            Sensor(label: "pch_denverton temp1", usual: 46, critical: nil),
        ]

    /// A sensor that the hypervisor emulates: always zero, without a limit.
    static let virtualSensors: [Sensor] = [Sensor(label: "acpitz temp1", usual: 0, critical: nil)]
}
