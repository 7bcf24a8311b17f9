// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The target of this run, from the environment, because libFuzzer rejects unknown arguments.
private let target: FuzzTarget? = ProcessInfo.processInfo.environment["FUZZ_TARGET"].flatMap {
    FuzzTarget(rawValue: $0)
}

/// The entry point of libFuzzer.
///
/// An input with a finding ends the process, and libFuzzer stores it.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let target else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        fail("FUZZ_TARGET has to be one of \(names)")
    }
    do throws(FuzzFinding) {
        try unsafe target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
        fail("\(target.rawValue): \(error)")
    }
    return 0
}

private func fail(_ message: String) -> Never {
    // An optimised build of `preconditionFailure` prints no message.
    FileHandle.standardError.write(Data("finding: \(message)\n".utf8))
    preconditionFailure(message)
}
