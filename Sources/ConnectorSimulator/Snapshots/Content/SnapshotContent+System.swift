// SPDX-License-Identifier: Apache-2.0

/// The processor, the load and the pressure.
extension SnapshotContent {
    /// The modes of the processor, and the average share of one core that they take.
    ///
    /// The shares are small enough that idle time never decreases.
    private static let modes: [(field: String, share: Double)] = [
        ("cpu_time_user_ms", 0.055), ("cpu_time_nice_ms", 0.002), ("cpu_time_system_ms", 0.04),
        ("cpu_time_iowait_ms", 0.004), ("cpu_time_irq_ms", 0), ("cpu_time_softirq_ms", 0.03),
    ]

    func addProcessor(to object: inout SnapshotObject) {
        let cores = Double(model.cpuCount)
        object.add("cpu_count", model.cpuCount)
        var busy = 0
        for (field, share) in Self.modes {
            let time = count(share * cores * 1000)
            busy += time
            object.add(field, time)
        }
        let stolen = model.isAppliance ? 0 : count(0.003 * cores * 1000)
        object.add("cpu_time_steal_ms", stolen)
        let idle = max(0, uptime * model.cpuCount * 1000 - busy - stolen)
        object.add("cpu_time_idle_ms", idle)
        object.add("cpu_time_guest_ms", 0)
        object.add("cpu_time_guest_nice_ms", 0)
        let average = 0.13 * cores * scale
        object.add(
            "load_average_1m",
            rounded: average * load * (0.8 + 0.4 * noise.smooth(0xc1_01, at: t, period: 60))
        )
        object.add("load_average_5m", rounded: average * load)
        object.add("load_average_15m", rounded: average * (1 + load) / 2)
        object.add("load_average_cur", noise.whole(1...4, 0xc1_02, t))
        object.add("load_average_max", 180 + noise.whole(0...60, 0xc1_03, t / 600))
        object.add("kernel_btime", state.bootTime)
        object.add("system_boot_time_s", state.bootTime)
        object.add("uptime_total_ms", uptime * 1000)
        object.add("uptime_idle_ms", idle)
        object.add("kernel_ctxt", count(2600))
        object.add("kernel_processes", 900 + count(1.7))
        object.add("kernel_processes_running", noise.whole(1...3, 0xc1_04, t))
        object.add("kernel_processes_blocked", noise.unit(0xc1_05, t) < 0.05 ? 1 : 0)
    }

    func addPressure(to object: inout SnapshotObject) {
        addPressure("cpu_pressure", 0.012, to: &object)
        addPressure("io_pressure_some", 0.006, to: &object)
        addPressure("io_pressure_full", 0.004, to: &object)
        addPressure("memory_pressure_some", 0.0006, to: &object)
        addPressure("memory_pressure_full", 0.0002, to: &object)
    }

    /// Adds the three percentages and the total of one kind of pressure: `share` is the average share of time in which
    /// tasks wait.
    private func addPressure(_ name: String, _ share: Double, to object: inout SnapshotObject) {
        let percent = 100 * share * scale
        object.add("\(name)_10s", rounded: percent * load * 2 * noise.smooth(0xc1_06, at: t, period: 10))
        object.add("\(name)_60s", rounded: percent * load)
        object.add("\(name)_300s", rounded: percent * (1 + load) / 2)
        object.add("\(name)_total_us", count(share * 1_000_000))
    }
}
