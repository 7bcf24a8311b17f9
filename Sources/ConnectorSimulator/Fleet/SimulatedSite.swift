// SPDX-License-Identifier: Apache-2.0

/// The fields of a site that never change.
///
/// Source: Cloudflare API, "Magic Transit › Sites › List Sites".
struct SimulatedSite: Sendable {
    let id: String
    let name: String
    let latitude: Double
    let longitude: Double
    /// Whether the site has a primary and a secondary connector.
    let isPair: Bool

    /// Generates a site.
    ///
    /// - Parameters:
    ///   - id: the identifier.
    ///   - index: the index of its first connector within the account.
    ///   - isPair: whether two connectors serve the site.
    init(id: String, index: Int, isPair: Bool) {
        let city = Self.cities[index % Self.cities.count]
        let number = index / Self.cities.count
        self.id = id
        self.isPair = isPair
        name = number == 0 ? city.name : "\(city.name) \(number + 1)"
        // Sites of one city are a few kilometres apart.
        latitude = city.latitude + Double(number % 7) * 0.02
        longitude = city.longitude + Double(number % 5) * 0.03
    }

    private static let cities: [(name: String, latitude: Double, longitude: Double)] = [
        ("Frankfurt", 50.11, 8.68), ("Frankfurt DR", 50.05, 8.57), ("Lisbon", 38.72, -9.14),
        ("Austin", 30.27, -97.74), ("Singapore", 1.35, 103.82), ("London", 51.51, -0.13),
        ("London DR", 51.45, -0.97), ("Zürich", 47.37, 8.54), ("São Paulo", -23.55, -46.63),
        ("Tokyo", 35.68, 139.69), ("Chicago", 41.88, -87.63), ("Chicago DR", 41.79, -88.01),
        ("Sydney", -33.87, 151.21), ("Warsaw", 52.23, 21.01), ("Cape Town", -33.92, 18.42),
        ("New York", 40.71, -74.01), ("New York DR", 40.74, -74.17), ("Toronto", 43.65, -79.38),
        ("Mumbai", 19.08, 72.88), ("Dublin \"Docks\"", 53.35, -6.26), ("Paris", 48.86, 2.35),
        ("Paris DR", 48.80, 2.13), ("Seoul", 37.57, 126.98), ("Denver", 39.74, -104.99),
        ("Nairobi", -1.29, 36.82),
    ]
}
