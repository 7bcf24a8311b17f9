// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

extension APIClient {
    /// Gets a connector's newest snapshot.
    ///
    /// - Parameters:
    ///   - account: The account's id.
    ///   - connector: The connector's id.
    ///   - credential: A token with the permission "Magic WAN Read".
    /// - Returns: the newest snapshot, if there is one.
    /// - Throws: the reason why the request failed; `.notFound` if the connector has never reported.
    ///
    /// Source: Cloudflare API, "Get latest Snapshots".
    package func latestSnapshot(
        account: String,
        connector: String,
        credential: Credential
    ) async throws(APIError) -> APIReply<LatestSnapshots> {
        let segments = Self.telemetryPath(account, connector, "snapshots") + ["latest"]
        return try await send(APICall(.latestSnapshot, segments), credential)
    }

    /// Lists the times of a connector's snapshots; the first page only.
    ///
    /// - Parameters:
    ///   - account: The account's id.
    ///   - connector: The connector's id.
    ///   - query: The window.
    ///   - credential: A token with the permission "Magic WAN Read".
    /// - Returns: the times of recording and collection.
    /// - Throws: the reason why the request failed.
    ///
    /// Source: Cloudflare API, "List Snapshots".
    package func snapshots(
        account: String,
        connector: String,
        query: EventQuery,
        credential: Credential
    ) async throws(APIError) -> APIReply<SnapshotPage> {
        let segments = Self.telemetryPath(account, connector, "snapshots")
        return try await send(APICall(.snapshots, segments, query: query.encoded), credential)
    }
}
