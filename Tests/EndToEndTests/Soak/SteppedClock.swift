// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The time of day as a program sees it, and how far it is off.
///
/// A library that is loaded before the program's own adds a number of seconds to the time of day, and to no other
/// clock, as a step of the real one does. (libfaketime moves timers of other clocks as well, which the kernel does not.)
struct SteppedClock: Sendable {
    private let library: String
    private let directory: String

    /// Builds the library with the C compiler that Swift needs anyway.
    init(in directory: String) async throws {
        self.directory = directory
        library = "\(directory)/stepped_clock.so"
        try Data(Self.source.utf8).write(to: URL(filePath: "\(directory)/stepped_clock.c"))
        let ending = try await Command.run(
            "sh",
            [
                "-c",
                "$(command -v clang || command -v cc) -O1 -shared -fPIC -o \(library) \(directory)/stepped_clock.c",
            ],
            in: directory
        )
        guard ending.status == 0 else { throw NotInTime(description: "no stepped clock: \(ending.errors)") }
        for name in ["exporter", "past"] { try Data(count: 8).write(to: URL(filePath: file(of: name))) }
    }

    /// What the environment of a program must say whose clock has a name.
    func environment(of name: String = "exporter") -> [String: String] {
        ["LD_PRELOAD": library, "CLOCK_STEP": file(of: name)]
    }

    /// Steps a clock of programs that run.
    ///
    /// - Parameters:
    ///   - seconds: how far ahead of the true time it is from now on.
    ///   - name: whose clock.
    /// - Throws: where its file cannot be written.
    func step(to seconds: Int, of name: String = "exporter") throws {
        // In place: the program has this very file in its memory.
        let handle = try FileHandle(forWritingTo: URL(filePath: file(of: name)))
        let value = Int64(seconds)
        try handle.write(contentsOf: unsafe withUnsafeBytes(of: value) { unsafe Data($0) })
        try handle.close()
    }

    private func file(of name: String) -> String { "\(directory)/\(name).step" }

    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile const long *step;

        __attribute__((constructor)) static void open_step(void) {
            int file = open(getenv("CLOCK_STEP"), O_RDONLY | O_CLOEXEC);
            if (file < 0) abort();
            step = mmap(NULL, sizeof *step, PROT_READ, MAP_SHARED, file, 0);
            if (step == MAP_FAILED) abort();
            close(file);
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int code = syscall(SYS_clock_gettime, clock, time);
            int is_time_of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
            if (code == 0 && is_time_of_day && step) time->tv_sec += *step;
            return code;
        }

        int gettimeofday(struct timeval *time, void *zone) {
            struct timespec now;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }
        """
}
