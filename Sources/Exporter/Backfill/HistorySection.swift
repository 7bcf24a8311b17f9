// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Exposition

/// Families of an export that change together.
struct HistorySection: Sendable {
    let families: [HistoryFamily]

    /// Returns what the samples depend on; `nil` if they are constant.
    let inputs: (@Sendable (ConnectorRecord) -> HistoryInputs)?

    private init(
        _ section: FamilySection<ConnectorStatus>,
        _ inputs: (@Sendable (ConnectorRecord) -> HistoryInputs)?
    ) {
        let isConstant = inputs == nil
        families = section.families.map { HistoryFamily($0, isConstant: isConstant) }
        self.inputs = inputs
    }

    /// The sections that the events and the inventory determine, in the order of exposition.
    ///
    /// The inventory is that of today, so that queries can join it.
    static let all = [
        HistorySection(.constantOfConnectors, nil),
        HistorySection(.events, HistoryInputs.events),
        HistorySection(.operations, HistoryInputs.operations),
        HistorySection(.rekeys, HistoryInputs.rekeys),
        HistorySection(.agent, HistoryInputs.agent),
    ]
}
