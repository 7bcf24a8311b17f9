// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

extension HistogramValue {
    /// What was counted, as the exposition shows it.
    init(_ histogram: DurationHistogram) {
        let buckets = HistogramBuckets(histogram.bounds)
        self =
            HistogramValue(buckets, counts: histogram.counts, sum: histogram.sum) ?? HistogramValue(buckets)
    }
}
