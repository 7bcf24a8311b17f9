// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exporter
import Foundation

/// Prints a line on the standard error, with the name of the program.
func report(_ line: Any) {
    FileHandle.standardError.write(Data("\(BuildInfo.name): \(line)\n".utf8))
}

/// Runs a command, and prints its error as one line.
///
/// - Throws: the exit status 1. If the reader of the output has ended, the command ends without an error.
func reportingErrors(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as CommandError where error.isOutputClosed {
        return
    } catch {
        report(error)
        throw ExitCode(1)
    }
}
