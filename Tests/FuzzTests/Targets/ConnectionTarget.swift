// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint

/// A connection with any client, handler and clock answers in order, stays within its limits, and ends.
///
/// The first byte of the input selects whether bodies are allowed. Then each step is one byte for its kind and one byte
/// for its argument: received bytes, time, the number of bytes that the socket accepts, a response, the end of the
/// stream, or a stop of the endpoint.
enum ConnectionTarget {
    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var limits = Limits(bodyBytes: input.first.map { $0 % 2 == 0 } ?? true ? 0 : 64)
        limits.targetBytes = 64
        limits.requestHeaderBytes = 256
        limits.headerCount = 8
        limits.pipelinedRequests = 4
        var simulation = ConnectionSimulation(limits)
        var rest = input.dropFirst()
        while let kind = rest.popFirst(), let argument = rest.popFirst() {
            switch kind % 8 {
            case 0, 1, 2:
                simulation.receive(rest.prefix(Int(argument)))
                rest = rest.dropFirst(Int(argument))
            case 3: simulation.pass(.milliseconds(Int(argument) * Int(argument) * 4))
            case 4: simulation.accept(Int(argument))
            case 5: simulation.respond(Int(argument))
            case 6: simulation.end()
            default: simulation.stop(isGraceful: argument % 4 > 0)
            }
            try simulation.check()
        }
        try simulation.finish()
    }
}
