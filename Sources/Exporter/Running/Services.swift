// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import ServiceLifecycle
import UnixSignals

/// Answers scrapes; on the way down it lets those in flight end.
struct EndpointService: Service {
    /// Time that responses in flight have to end, well within what systemd and Kubernetes grant.
    private static let grace = Duration.seconds(5)

    let endpoint: HTTPEndpoint

    func run() async {
        await withGracefulShutdownHandler {
            await endpoint.run()
        } onGracefulShutdown: {
            endpoint.stop(grace: Self.grace)
        }
    }
}

/// Turns what is found out into bytes, to the last moment.
struct PublisherService: Service {
    let publisher: Publisher

    func run() async {
        await cancelWhenGracefulShutdown { await publisher.run() }
    }
}

/// Polls; what is on its way at the end is asked for again at the next start.
struct PollingService: Service {
    let supervisor: PollingSupervisor

    func run() async {
        await cancelWhenGracefulShutdown { await supervisor.run() }
    }
}

/// Reloads on SIGHUP, on request, and when a file of the web configuration has changed.
struct ReloadService: Service {
    let reloader: Reloader

    /// `nil` where there is no web configuration file.
    let watch: WebConfigurationWatcher?

    func run() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await reloader.run() }
                if let watch { group.addTask { await watch.run() } }
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) { reloader.desk.ask() }
                }
            }
        }
    }
}
