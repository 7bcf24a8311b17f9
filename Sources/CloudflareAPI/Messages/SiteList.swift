// SPDX-License-Identifier: Apache-2.0

/// The sites of an account; the API has no pages here.
///
/// Source: Cloudflare API, "List Sites", `result`: an array.
package struct SiteList: Sendable, Hashable, Decodable {
    /// The well-formed sites, in the order of the API.
    package let sites: [ListedSite]

    /// Reads the array of sites.
    package init(from decoder: any Decoder) throws {
        sites = try LossyArray<ListedSite>(from: decoder).elements
    }
}
