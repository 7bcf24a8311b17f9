// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

extension FamilySection where Subject == ProcessStatus {
    /// The families that Prometheus client libraries expose about their process, with the same help texts.
    static let ofProcess: [Self] = [
        FamilySection(
            "Process",
            [
                Family(
                    "cpu_seconds_total",
                    .counter,
                    unit: "seconds",
                    help: "Total user and system CPU time spent in seconds."
                ) { process, samples in
                    samples.append(process.usage.cpuSeconds)
                },
                Family("open_fds", .gauge, help: "Number of open file descriptors.") { process, samples in
                    samples.append(process.usage.openDescriptors)
                },
                Family("max_fds", .gauge, help: "Maximum number of open file descriptors.") {
                    process,
                    samples in
                    samples.append(process.usage.maximumDescriptors)
                },
                Family(
                    "virtual_memory_bytes",
                    .gauge,
                    unit: "bytes",
                    help: "Virtual memory size in bytes."
                ) { process, samples in
                    samples.append(process.usage.virtualMemoryBytes)
                },
                Family(
                    "resident_memory_bytes",
                    .gauge,
                    unit: "bytes",
                    help: "Resident memory size in bytes."
                ) { process, samples in
                    samples.append(process.usage.residentMemoryBytes)
                },
                Family(
                    "start_time_seconds",
                    .gauge,
                    unit: "seconds",
                    help: "Start time of the process since unix epoch in seconds."
                ) { process, samples in
                    samples.append(process.countedSince?.seconds)
                },
            ]
        )
    ]
}
