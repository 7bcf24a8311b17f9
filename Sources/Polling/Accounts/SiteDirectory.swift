// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import LinuxSystem

/// The sites of one account, which change rarely and are listed less often than connectors.
struct SiteDirectory {
    /// Seconds before a failed listing is retried.
    private static let retrySeconds = 60.0

    private var sites: [String: ConnectorSite]?
    private var due = Uptime(seconds: 0)

    /// Whether the sites must be listed.
    func isDue(at now: Uptime) -> Bool { due <= now }

    /// Requests a listing, for example because a connector is new.
    mutating func expire() { due = Uptime(seconds: 0) }

    /// Replaces the sites.
    ///
    /// If two sites name the same connector, the one with the lower id counts, so that the result does not depend on the
    /// order of the list.
    mutating func update(_ list: SiteList, interval: Double, at now: Uptime) {
        var sites: [String: ConnectorSite] = [:]
        for site in list.sites.sorted(by: { $0.id < $1.id }) {
            for (connector, role) in [
                (site.connectorID, ConnectorSite.Role.primary), (site.secondaryConnectorID, .secondary),
            ] {
                guard let connector, sites[connector] == nil else { continue }
                sites[connector] = ConnectorSite(site, role: role)
            }
        }
        self.sites = sites
        due = now + interval
    }

    /// Keeps the previous sites after a failed listing.
    mutating func recordFailure(at now: Uptime) { due = now + Self.retrySeconds }

    /// Returns the site of a connector.
    ///
    /// - Parameters:
    ///   - connector: The connector's id.
    ///   - previous: The site that an earlier process has stored, which is valid until the first listing.
    /// - Returns: the site; `nil` if the connector belongs to none.
    func site(of connector: String, previous: ConnectorSite?) -> ConnectorSite? {
        guard let sites else { return previous }
        return sites[connector]
    }
}

extension ConnectorSite {
    fileprivate init(_ listed: ListedSite, role: Role) {
        var location: Location?
        if let latitude = listed.latitude, let longitude = listed.longitude {
            location = Location(latitude: latitude, longitude: longitude)
        }
        self.init(
            id: listed.id,
            name: listed.name,
            role: role,
            isHighAvailability: listed.haMode ?? (listed.secondaryConnectorID != nil),
            location: location
        )
    }
}
