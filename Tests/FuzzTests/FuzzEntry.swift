// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The subject of this run, from the environment: libFuzzer's own arguments have no place for it.
private let subject: FuzzSubject? = ProcessInfo.processInfo.environment["FUZZ_SUBJECT"].flatMap {
    FuzzSubject(rawValue: $0)
}

/// What libFuzzer calls with every input; an input that breaks a promise ends the process, which libFuzzer keeps.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let subject else {
        let names = FuzzSubject.allCases.map(\.rawValue).joined(separator: ", ")
        fail("FUZZ_SUBJECT has to be one of \(names)")
    }
    do throws(FuzzFinding) {
        try unsafe subject.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
        fail("\(subject.rawValue): \(error)")
    }
    return 0
}

private func fail(_ message: String) -> Never {
    // An optimised build prints no message of its own.
    FileHandle.standardError.write(Data("finding: \(message)\n".utf8))
    preconditionFailure(message)
}
