// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

// Literals are for tests only: in sources, a bare number is not a point in time.
extension Timestamp: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    package init(integerLiteral seconds: Int) { self.init(seconds) }

    package init(floatLiteral seconds: Double) { self.init(seconds) }
}
