// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint

/// Requests do not depend on how the bytes are split, and respect the limits.
///
/// The first byte of the input seeds the lengths of the pieces; the rest is the client's data.
enum RequestTarget {
    private static let limits: Limits = {
        var limits = Limits()
        limits.targetBytes = 64
        limits.requestHeaderBytes = 256
        limits.headerCount = 8
        limits.bodyBytes = 64
        return limits
    }()

    /// The result of a parser.
    private struct Outcome {
        var requests: [String] = []
        var failure: RequestError?
    }

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        guard let seed = input.first else { return }
        let bytes = input.dropFirst()
        let whole = try outcome([bytes])
        let split = try outcome(pieces(of: bytes, seed: Int(seed)))
        try FuzzFinding.require(
            whole.requests == split.requests,
            "whole \(whole.requests) and split \(split.requests)"
        )
        // Which of two errors is found first may depend on the split; whether there is one may not.
        try FuzzFinding.require(
            (whole.failure == nil) == (split.failure == nil),
            "whole \(String(describing: whole.failure)) and split \(String(describing: split.failure))"
        )
    }

    private static func pieces(of bytes: ArraySlice<UInt8>, seed: Int) -> [ArraySlice<UInt8>] {
        var rest = bytes
        var length = 1 + seed % 7
        var pieces: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            pieces.append(rest.prefix(length))
            rest = rest.dropFirst(length)
            length = 1 + (length * 5 + seed) % 13
        }
        return pieces
    }

    private static func outcome(_ pieces: [ArraySlice<UInt8>]) throws(FuzzFinding) -> Outcome {
        var parser = RequestParser(limits: limits)
        var outcome = Outcome()
        do throws(RequestError) {
            for piece in pieces {
                parser.append(Array(piece).span)
                var isHungry = false
                while !isHungry {
                    switch try parser.next() {
                    case .incomplete: isHungry = true
                    case .awaitsContinue: continue
                    case .request(let request): outcome.requests.append(describe(request))
                    }
                }
            }
        } catch {
            outcome.failure = error
        }
        if let failure = outcome.failure {
            try FuzzFinding.require(
                [400, 413, 414, 417, 431, 501, 505].contains(failure.status),
                "the status \(failure.status)"
            )
            try requireReadable(failure.message)
        }
        return outcome
    }

    private static func describe(_ request: Request) -> String {
        let query = request.query.map { "\($0.name)=\($0.value)" }
        return
            "\(request.method) \(request.path) \(query) \(request.version) \(request.headers) \(request.body)"
    }
}
