// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

/// A limit for the rate and the cost of building bodies.
///
/// The first change after a pause is published at once. Changes in quick succession are published together.
struct PublishPacer {
    /// The minimum time between two bodies, in seconds.
    private static let minInterval = 0.02

    /// The minimum pause after building a body, as a multiple of its build time.
    ///
    /// It limits the cost to a quarter of a core.
    private static let pauseFactor = 3.0

    private var nextBuild = Uptime(seconds: 0)

    /// Returns the remaining seconds before a body may be built; 0 or less if it may be built now.
    func delay(at uptime: Uptime) -> Double { nextBuild - uptime }

    /// Records a build.
    ///
    /// - Parameters:
    ///   - start: the uptime before the build.
    ///   - end: the uptime after it.
    mutating func recordBuild(from start: Uptime, to end: Uptime) {
        nextBuild = max(start + Self.minInterval, end + Self.pauseFactor * (end - start))
    }
}
