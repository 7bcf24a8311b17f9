// SPDX-License-Identifier: Apache-2.0

import Polling

/// The filter of the landing page: the selection and its form.
struct LandingFilter {
    /// The maximum number of accounts in the form.
    private static let maxAccounts = 200

    private static let parameters = ["q", "state", "account"]

    /// The selected connectors; all if the parameters are invalid.
    let selection: ConnectorQuery?

    /// The problem of the parameters; `nil` if they are valid.
    let error: QueryError?

    private let parameters: QueryParameters

    init(_ parameters: QueryParameters) {
        self.parameters = parameters
        var problem: QueryError?
        do throws(QueryError) {
            selection = try ConnectorQuery(parameters)
        } catch {
            selection = nil
            problem = error
        }
        error = problem
    }

    /// Whether a request has a parameter of the filter.
    static func applies(to parameters: QueryParameters) -> Bool {
        Self.parameters.contains { parameters[$0] != nil }
    }

    /// Whether the filter may hide connectors.
    var isActive: Bool { Self.applies(to: parameters) }

    /// Returns the address of the page with another state, and otherwise the same filter.
    func address(state: String?) -> String {
        PageAddress.with("/", ["q": parameters["q"], "state": state, "account": parameters["account"]])
    }

    /// Returns whether the filter selects exactly one state, or none for `nil`.
    func selects(state: String?) -> Bool { parameters["state"] == state }

    /// Returns the form.
    func form(accounts: [AccountView]) -> HTML {
        let clear: HTML = isActive ? "<a class=\"button\" href=\"/\">Clear</a>" : ""
        return """
            <form action="/" role="search" aria-label="Connectors" data-live>
            <label class="field wide">Search <input type="search" name="q" value="\(parameters["q"] ?? "")" \
            placeholder="name, serial number, id or site" autocomplete="off" aria-keyshortcuts="/"></label>
            <label class="field">State <select name="state" autocomplete="off">\(options(states, "state", all: "all states"))</select></label>
            \(accounts.count > 1 ? self.accounts(accounts) : "")
            <button>Filter</button><span data-part id="clear">\(clear)</span>
            </form>
            """
    }

    private var states: [String] { ConnectorSummary.State.allCases.map(\.rawValue) }

    private func accounts(_ accounts: [AccountView]) -> HTML {
        let names = accounts.prefix(Self.maxAccounts).map(\.account)
        return """
            <label class="field">Account <select name="account" autocomplete="off">\
            \(options(names, "account", all: "all accounts"))</select></label>
            """
    }

    private func options(_ values: [String], _ name: String, all: String) -> [HTML] {
        let selected = parameters[name]
        // The selected value may be none of the known ones, and must not be lost with the next change of another field.
        let others = [selected].compactMap(\.self).filter { !values.contains($0) }
        return ["<option value=\"\">\(all)</option>"]
            + (values + others).map { value in
                let isSelected: HTML = value == selected ? " selected" : ""
                return "<option value=\"\(value)\"\(isSelected)>\(PageText.name(value))</option>"
            }
    }
}
