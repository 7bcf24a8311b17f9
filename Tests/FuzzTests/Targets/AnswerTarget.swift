// SPDX-License-Identifier: Apache-2.0

import ConnectorSnapshots
import HTTPTransport

@testable import CloudflareAPI

/// A response of the API is decoded or is an error in one line, and decoded numbers are in range.
///
/// The first byte of the input chooses the endpoint and the status; the rest is the body.
enum AnswerTarget {
    private static let statuses = [200, 200, 200, 200, 201, 400, 401, 403, 404, 429, 500, 503]

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        guard let choice = input.first.map(Int.init) else { return }
        let endpoint = APIEndpoint.allCases[choice % APIEndpoint.allCases.count]
        let status = statuses[choice / APIEndpoint.allCases.count % statuses.count]
        let response = HTTPResponse(status: status, body: Array(input.dropFirst()))
        let events: [(t: Int, n: Int)]
        do throws(APIError) {
            events = try read(
                ResponseDecoder(response, to: try APICall(endpoint, ["accounts", "a"])),
                endpoint
            )
        } catch {
            return try requireReadable(error)
        }
        try FuzzFinding.require(status < 300, "the status \(status) is a success")
        for event in events {
            try FuzzFinding.require(
                WireNumber.seconds.contains(event.t) && WireNumber.sequence.contains(event.n),
                "the event \(event.t).\(event.n)"
            )
        }
    }

    private static func read(
        _ answer: ResponseDecoder,
        _ endpoint: APIEndpoint
    ) throws(APIError) -> [(t: Int, n: Int)] {
        switch endpoint {
        case .connectors:
            _ = try answer.decoded() as APIReply<ConnectorList>
            return []
        case .sites:
            _ = try answer.decoded() as APIReply<SiteList>
            return []
        case .snapshots:
            _ = try answer.decoded() as APIReply<SnapshotPage>
            return []
        case .latestSnapshot:
            let latest: APIReply<LatestSnapshots> = try answer.decoded()
            latest.value.newest.map(writeMetrics)
            return []
        case .token:
            _ = try answer.decoded() as APIReply<TokenStatus>
            return []
        case .events:
            let page: APIReply<EventPage> = try answer.decoded()
            return page.value.items.map { ($0.t, $0.n) }
        case .event:
            let event: APIReply<EventDetail> = try answer.decoded()
            return [(event.value.t, event.value.n)]
        case .latest:
            let latest: APIReply<LatestEvents> = try answer.decoded()
            return latest.value.items.map { ($0.t, $0.n) }
        }
    }

    /// Writes all samples of a snapshot, which must have as many label values as labels, and bounded finite values.
    private static func writeMetrics(of snapshot: Snapshot) {
        for metric in SnapshotMetric.all {
            metric.forEachSample(in: snapshot) { labels, value in
                precondition(labels.count == metric.labels.count, "\(metric.name): \(labels)")
                precondition(labels.allSatisfy { $0.utf8.count <= 128 }, "\(metric.name): a long label")
                precondition(
                    value.isFinite && (metric.type == .gauge || value >= 0),
                    "\(metric.name): \(value)"
                )
            }
        }
    }
}
