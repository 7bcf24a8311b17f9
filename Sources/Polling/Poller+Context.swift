// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
package import EventLedger
package import Logging

extension Poller {
    /// The dependencies of a poller.
    package struct Context: Sendable {
        /// The API.
        package let api: APIClient
        /// The rate limiter of the token.
        package let rateLimiter: TokenRateLimiter
        /// The ledger.
        package let ledger: EventLedger
        /// The counters of polling.
        package let statistics: PollStatistics
        /// The health of this poller.
        package let status: PollerStatus
        /// Receives the results of polling.
        package let observer: any PollObserver
        /// The clock.
        package let clock: any PollingClock
        /// The logger.
        package let logger: Logger

        /// Makes the dependencies of a poller.
        package init(
            api: APIClient,
            rateLimiter: TokenRateLimiter,
            ledger: EventLedger,
            statistics: PollStatistics,
            status: PollerStatus,
            observer: any PollObserver,
            clock: any PollingClock,
            logger: Logger
        ) {
            self.api = api
            self.rateLimiter = rateLimiter
            self.ledger = ledger
            self.statistics = statistics
            self.status = status
            self.observer = observer
            self.clock = clock
            self.logger = logger
        }
    }
}
