// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

extension FamilySection where Subject == ConnectorStatus {
    static let operations = FamilySection(
        "Operations",
        [
            Family(
                "operation_failure_ratio",
                .gauge,
                labels: ["operation", "window"],
                unit: "ratio",
                help:
                    "Failed divided by finished operations in the window that ends now; absent if none finished in it."
            ) { connector, samples in
                connector.forEachWindow(in: &samples) { name, window, finishes, samples in
                    samples.append(finishes.failureRatio, labels: name, window)
                }
            },
            Family(
                "operation_finishes",
                .gauge,
                labels: ["operation", "outcome", "window"],
                help:
                    "Operations that finished in the window that ends now, by outcome; absent before the first finish. Their sums give the failure ratio of several connectors."
            ) { connector, samples in
                connector.forEachWindow(in: &samples) { name, window, finishes, samples in
                    samples.append(finishes.succeeded, labels: name, "success", window)
                    samples.append(finishes.failed, labels: name, "failure", window)
                }
            },
            Family(
                "operation_consecutive_failures",
                .gauge,
                labels: ["operation"],
                help: "Failures of the operation since its last success; absent before the first finish."
            ) { connector, samples in
                for (name, _, machine) in connector.operations {
                    samples.append(machine.consecutiveFailures, labels: name)
                }
            },
            Family(
                "operation_in_progress",
                .gauge,
                labels: ["operation"],
                help:
                    "Whether the operation has started, and has neither finished nor been interrupted by a start of the agent (1), or not (0)."
            ) { connector, samples in
                for (name, _, machine) in connector.operations {
                    samples.append(machine.openSince != nil, labels: name)
                }
            },
            Family(
                "operation_start_timestamp_seconds",
                .gauge,
                labels: ["operation"],
                unit: "seconds",
                help: "When the operation last started, finished or not; absent before the first start."
            ) { connector, samples in
                for (name, _, machine) in connector.operations {
                    samples.append(machine.newestStart?.seconds, labels: name)
                }
            },
            Family(
                "operation_stuck",
                .gauge,
                labels: ["operation"],
                help:
                    "Whether the operation has been in progress for at least its stuck_after (1) or not (0)."
            ) { connector, samples in
                for (name, operation, machine) in connector.operations {
                    let time = machine.becomesStuckAt(after: connector.settings.stuckAfter[operation])
                    samples.append(connector.hasPassed(time, &samples), labels: name)
                }
            },
        ]
    )

    static let rekeys = FamilySection(
        "Rekeys",
        [
            Family(
                "rekey_phase",
                .gauge,
                labels: ["tunnel_id", "phase"],
                help:
                    "1 for the current phase of the tunnel's IPsec keys, 0 for the others, from the newest rekey event."
            ) { connector, samples in
                for (tunnel, machine) in connector.tunnels {
                    // The tunnel's series end then.
                    let end = machine.forgottenAt(after: connector.settings.forgetTunnelsAfter)
                    connector.expectChange(at: end, in: &samples)
                    for phase in RekeyPhase.allCases {
                        samples.append(phase == machine.phase, labels: tunnel, phase.rawValue)
                    }
                }
            },
            Family(
                "rekey_phase_start_timestamp_seconds",
                .gauge,
                labels: ["tunnel_id"],
                unit: "seconds",
                help:
                    "When the tunnel's keys entered their phase. RekeyRestart of a started rekey does not change it."
            ) { connector, samples in
                for (tunnel, machine) in connector.tunnels {
                    samples.append(machine.phaseStart.seconds, labels: tunnel)
                }
            },
            Family(
                "rekey_stuck",
                .gauge,
                labels: ["tunnel_id"],
                help:
                    "Whether the tunnel has been in phase started, advanced or reset for at least stuck_after.rekey (1) or not (0)."
            ) { connector, samples in
                for (tunnel, machine) in connector.tunnels {
                    let time = machine.becomesStuckAt(after: connector.settings.stuckAfter.rekey)
                    samples.append(connector.hasPassed(time, &samples), labels: tunnel)
                }
            },
            Family(
                "rekeys_completed_total",
                .counter,
                labels: ["tunnel_id"],
                help:
                    "Completed rekeys of the tunnel; absent until the payloads of the imported history have been read."
            ) { connector, samples in
                for (tunnel, machine) in connector.tunnelsWithCounters {
                    let isPending = connector.newSeries.isPending(.rekeys(tunnel: tunnel))
                    samples.append(isPending ? 0 : machine.completed, labels: tunnel)
                }
            },
            Family(
                "rekey_resets_total",
                .counter,
                labels: ["tunnel_id"],
                help:
                    "Times that the tunnel dropped all keys after an unexpected one; absent until the payloads of the imported history have been read."
            ) { connector, samples in
                for (tunnel, machine) in connector.tunnelsWithCounters {
                    let isPending = connector.newSeries.isPending(.rekeys(tunnel: tunnel))
                    samples.append(isPending ? 0 : machine.resets, labels: tunnel)
                }
            },
        ]
    )
}
