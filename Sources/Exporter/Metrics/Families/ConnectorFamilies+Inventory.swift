// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

extension FamilySection where Subject == ConnectorStatus {
    static let inventory = FamilySection(
        "Inventory, from discovery",
        [
            Family(
                "info",
                .gauge,
                labels: ["device_id", "serial_number", "device_type", "site_id", "site_name", "version"],
                help:
                    "Constant 1, with the device's properties from the connector list, and its site from the list of sites, as labels."
            ) { connector, samples in
                let inventory = connector.inventory
                samples.append(
                    1,
                    labels: inventory.deviceID ?? "",
                    inventory.serialNumber ?? "",
                    inventory.deviceType ?? "",
                    inventory.site?.id ?? "",
                    inventory.site?.name ?? "",
                    inventory.version ?? ""
                )
            },
            Family(
                "site_info",
                .gauge,
                labels: ["site_id", "site_name", "role", "ha_mode"],
                help:
                    "Constant 1, with the connector's site and its role in it from the list of sites as labels; absent without a site. Role is primary or secondary; ha_mode is true for a high-availability pair."
            ) { connector, samples in
                guard let site = connector.inventory.site else { return }
                samples.append(
                    1,
                    labels: site.id,
                    site.name ?? "",
                    site.role.rawValue,
                    site.isHighAvailability ? "true" : "false"
                )
            },
            Family(
                "site_location_info",
                .gauge,
                labels: ["site_id", "latitude", "longitude"],
                help:
                    "Constant 1, with the place of the connector's site in degrees as labels; absent if the site has no place."
            ) { connector, samples in
                guard let site = connector.inventory.site, let location = site.location else { return }
                samples.append(1, labels: site.id, "\(location.latitude)", "\(location.longitude)")
            },
            Family(
                "activated",
                .gauge,
                help: "Whether the connector is activated (1) or not (0), from the connector list."
            ) { connector, samples in
                samples.append(connector.inventory.isActivated)
            },
            Family(
                "primary",
                .gauge,
                help:
                    "Whether the connector is the primary of its site (1) or not (0), from the list of sites; absent without a site."
            ) { connector, samples in
                samples.append(connector.inventory.site.map { $0.role == .primary })
            },
            Family(
                "last_heartbeat_timestamp_seconds",
                .gauge,
                unit: "seconds",
                help:
                    "When Cloudflare last heard from the connector, from the connector list; absent before the first contact, and while the list lacks the connector."
            ) { connector, samples in
                samples.append(connector.lastHeartbeat?.seconds)
            },
        ]
    )
}
