// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exporter
import Foundation

/// Runs a command, and prints its error as one line with the name of the program.
///
/// - Throws: the exit status 1. If the reader of the output has ended, the command ends without an error.
func reportingErrors(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch is ClosedOutput {
        return
    } catch {
        FileHandle.standardError.write(Data("\(BuildInfo.name): \(error)\n".utf8))
        throw ExitCode(1)
    }
}
