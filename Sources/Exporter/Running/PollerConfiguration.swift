// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Polling

/// The configuration on which the poller of one token depends.
///
/// A reload keeps the poller if its configuration is unchanged.
struct PollerConfiguration: Sendable, Hashable {
    /// The token, which may be in a file.
    let credential: Credential

    /// The accounts that share the token, in the order of the configuration.
    let accounts: [Configuration.Account]

    /// The address of the API, and the request budget.
    let api: Configuration.API

    /// The intervals and windows.
    let settings: PollingSettings
}
