// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// An executor that runs tasks on the test's own thread, so that the test can run them until all of them wait.
final class StepExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    var isIdle: Bool { jobs.withLock(\.isEmpty) }

    /// Runs tasks until all of them wait.
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
