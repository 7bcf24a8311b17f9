// SPDX-License-Identifier: Apache-2.0

import Exposition

extension FamilySection where Subject == ScrapeStatus {
    static let ofScrapes: [Self] = [
        FamilySection(
            "Scrapes",
            [
                Family(
                    "scrapes_total",
                    .counter,
                    labels: ["code"],
                    help: "Completed scrapes, by HTTP status code."
                ) { scrapes, samples in
                    for (code, count) in scrapes.codes.sorted(by: { $0.key < $1.key }) {
                        samples.append(count, labels: "\(code)")
                    }
                },
                Family(
                    "scrapes_in_flight",
                    .gauge,
                    help: "Scrapes whose responses are being sent, including this one."
                ) { scrapes, samples in
                    samples.append(scrapes.inFlight)
                },
            ]
        )
    ]
}
