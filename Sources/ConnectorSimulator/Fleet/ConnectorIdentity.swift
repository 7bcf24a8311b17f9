// SPDX-License-Identifier: Apache-2.0

/// The inventory fields of a connector that never change.
///
/// Source: Cloudflare API, "Magic Transit › Connectors › List Connectors".
struct ConnectorIdentity: Sendable {
    /// The index within the account.
    let index: Int
    let id: String
    let deviceID: String
    let serialNumber: String
    /// `MANAGED` or `LICENSED`.
    let deviceType: String
    let site: SimulatedSite
    let isPrimary: Bool
    let notes: String
    let timezone: String
    /// A secret.
    ///
    /// Tests check that the exporter never shows it.
    let licenseKey: String
    let tunnels: [String]
    let windowHour: Int
    let lastUpdated: Int

    /// Generates a connector.
    ///
    /// - Parameters:
    ///   - seed: the seed of the fleet.
    ///   - account: the index of the account.
    ///   - index: the index within the account.
    ///   - pair: the number of the pair; both connectors of a pair serve one site.
    ///   - birth: seconds since the Unix epoch.
    init(seed: UInt64, account: Int, index: Int, pair: Int?, birth: Int) {
        var random = SeededGenerator(seed: seed, UInt64(account) << 32 | UInt64(index), 0)
        var site = SeededGenerator(seed: seed, UInt64(account), pair == nil ? 5 : 6, UInt64(pair ?? index))
        self.index = index
        id = random.hex(32)
        deviceID = random.hex(32)
        serialNumber = "MWC" + random.hex(8).uppercased()
        deviceType = random.chance(0.7) ? "MANAGED" : "LICENSED"
        self.site = SimulatedSite(
            id: site.hex(32),
            index: pair.map { $0 * 5 } ?? index,
            isPair: pair != nil
        )
        isPrimary = pair == nil || index % 5 == 0
        notes = Self.notes[index % 25] ?? "Branch \(index + 1)"
        timezone = ["UTC", "Europe/Berlin", "America/Chicago", "Asia/Tokyo"][random.whole(0, 3)]
        licenseKey = "LICENSE-KEY-MUST-NOT-LEAK-\(random.hex(16))"
        tunnels = (0..<random.whole(1, 3)).map { _ in random.hex(32) }
        windowHour = random.whole(0, 23)
        lastUpdated = birth - random.whole(86_400, 90 * 86_400)
    }

    /// Notes with characters that must be escaped, and with attempts at injection.
    private static let notes: [Int: String] = [
        4: "The \"north\" office \\ 2nd floor\nring twice\t<script>alert(1)</script>",
        7: "Zürich – ☃ & {{ $labels.connector_id }} \u{7f}'%s",
    ]
}
