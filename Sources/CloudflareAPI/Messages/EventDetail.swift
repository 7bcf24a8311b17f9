// SPDX-License-Identifier: Apache-2.0

/// An event with what its payload says.
///
/// Source: Cloudflare API, "Get Event" and "Get latest Events": `{e: {k, …}, n, t, v}`.
package struct EventDetail: Sendable, Hashable {
    /// When it was recorded, in seconds since the Unix epoch.
    package let t: Int

    /// Orders events with the same `t`, and with it names one.
    package let n: Int

    /// What has happened, as the API spells it; never empty.
    package let kind: String

    /// The tunnel of a rekey, `nil` where the payload names none.
    package let tunnelID: String?

    /// Where an upgrade's bundle lies, `nil` where the payload names no place.
    package let url: String?

    /// The version that the connector ran, `nil` where it does not say.
    package let version: String?

    /// Makes an event as the API would send it.
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
