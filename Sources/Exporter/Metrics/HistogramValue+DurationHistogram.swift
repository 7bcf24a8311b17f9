// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

extension HistogramValue {
    /// Converts a recorded histogram for exposition.
    init(_ histogram: DurationHistogram) {
        let buckets = HistogramBuckets(histogram.bounds)
        self =
            HistogramValue(buckets, counts: histogram.counts, sum: histogram.sum) ?? HistogramValue(buckets)
    }
}
