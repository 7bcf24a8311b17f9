// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import WireText

/// The links from the page of a connector to the dashboards in Grafana (`--web.dashboard-url`).
struct DashboardLinks: Sendable {
    /// The names of the dashboards, and their identifiers in `dashboards/`.
    static let boards = [("events", "magic-connector-one"), ("health", "magic-connector-health")]

    /// The address of Grafana.
    private let url: String

    /// Takes the address of Grafana; `nil` without one.
    init?(_ url: String?) {
        guard let url else { return nil }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// Returns links to the dashboards of one connector.
    func html(of key: ConnectorKey) -> HTML {
        let variables =
            "var-account_id=\(key.account.percentEncoded)&var-connector_id=\(key.connector.percentEncoded)"
        let links: [HTML] = Self.boards.map { name, identifier in
            "<a href=\"\(url)/d/\(identifier)?\(variables)\" rel=\"external\">\(name)</a> "
        }
        return "\(links)"
    }
}
