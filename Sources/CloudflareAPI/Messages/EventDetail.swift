// SPDX-License-Identifier: Apache-2.0

/// An event with its payload.
///
/// Source: Cloudflare API, "Get Event" and "Get latest Events": `{e: {k, …}, n, t, v}`.
package struct EventDetail: Sendable, Hashable {
    /// When the event was recorded, in seconds since the Unix epoch.
    package let t: Int

    /// The sequence number, which is unique among events with the same `t`.
    package let n: Int

    /// The event's kind, as the API spells it; never empty.
    package let kind: String

    /// The tunnel of a rekey, or `nil` if the payload does not contain it.
    package let tunnelID: String?

    /// The URL of an upgrade's bundle, or `nil` if the payload does not contain it.
    package let url: String?

    /// The connector's software version, or `nil` if the event does not contain it.
    package let version: String?

    /// Makes an event.
    package init(t: Int, n: Int, kind: String, tunnelID: String?, url: String?, version: String?) {
        self.t = t
        self.n = n
        self.kind = kind
        self.tunnelID = tunnelID
        self.url = url
        self.version = version
    }
}

extension EventDetail: Decodable {
    private enum Key: String, CodingKey { case e, n, t, v }
    private enum PayloadKey: String, CodingKey { case k, url, tunnelID = "tunnel_id" }

    /// Reads an event.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        t = try fields.integer(.t, in: WireNumber.seconds)
        n = try fields.integer(.n, in: WireNumber.sequence)
        version = fields.optionalText(.v)
        let payload = try fields.nestedContainer(keyedBy: PayloadKey.self, forKey: .e)
        kind = try payload.text(.k)
        tunnelID = payload.optionalText(.tunnelID)
        url = payload.optionalText(.url)
    }
}
