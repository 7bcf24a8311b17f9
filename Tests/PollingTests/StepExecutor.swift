// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Runs tasks only when a test lets it, on the test's own thread, so that a test knows when all of them wait.
final class StepExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    var isIdle: Bool { jobs.withLock(\.isEmpty) }

    /// Runs until every task waits for something.
    func run() {
        while true {
            let taken = jobs.withLock { jobs in
                let taken = jobs
                jobs = []
                return taken
            }
            guard !taken.isEmpty else { return }
            for job in taken { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
