// SPDX-License-Identifier: Apache-2.0

/// The scripted incidents of a box: now and then a degraded tunnel, rarely a lost carrier.
///
/// They depend on the seed alone, and not on how often they are advanced.
struct BoxIncidents: Sendable {
    private var random: SeededGenerator
    private var time: Double
    /// The mean wait between two incidents, in seconds; infinite without incidents.
    private let mean: Double
    private let tunnels: Int
    /// The ports that may lose their carrier.
    private let ports: [Int]
    /// The planned changes, in order of time.
    private var planned: [TimedBoxChange] = []

    /// - Parameters:
    ///   - seed: the seed of the box.
    ///   - birth: seconds since the Unix epoch.
    ///   - frequency: the frequency relative to the default of three incidents a day; 0 means none.
    ///   - model: the box.
    init(seed: UInt64, birth: Int, frequency: Double, _ model: BoxModel) {
        random = SeededGenerator(seed: seed, 8)
        time = Double(birth)
        mean = frequency > 0 ? 28_800 / frequency : .infinity
        tunnels = model.tunnels.count
        ports = model.ports.indices.filter { model.ports[$0].role == .lan || $0 == 1 && model.isAppliance }
        plan()
    }

    /// Plans the next incident, which begins after the end of the previous one.
    private mutating func plan() {
        guard mean.isFinite else { return }
        let start = time + random.wait(mean: mean)
        let isCarrier = random.chance(0.1)
        let duration = isCarrier ? random.between(60, 1800) : random.between(600, 2400)
        let port = ports[random.whole(0, ports.count - 1)]
        let tunnel = random.whole(0, tunnels - 1)
        time = start + duration
        let (begin, end): (BoxChange, BoxChange) =
            isCarrier
            ? (.cable(port: port, false), .cable(port: port, true))
            : (.incident(tunnel: tunnel, "degraded"), .incident(tunnel: tunnel, nil))
        planned = [
            TimedBoxChange(t: Int(start) + 1, change: begin), TimedBoxChange(t: Int(time) + 1, change: end),
        ]
    }

    /// Removes and returns the changes up to a time, in order.
    mutating func changes(until t: Int) -> [TimedBoxChange] {
        var due: [TimedBoxChange] = []
        while let next = planned.first, next.t <= t + 1 {
            due.append(planned.removeFirst())
            if planned.isEmpty { plan() }
        }
        return due
    }
}
