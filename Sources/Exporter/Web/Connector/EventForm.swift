// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The filter of the events of a connector's page: the selection and its form.
struct EventForm: Sendable {
    /// The selected events; all if the parameters are invalid.
    let selection: EventSelection

    /// The problem of the parameters; `nil` if they are valid.
    let error: QueryError?

    private let parameters: QueryParameters

    init(_ parameters: QueryParameters, now: Timestamp) {
        self.parameters = parameters
        var problem: QueryError?
        do throws(QueryError) {
            selection = try EventSelection(parameters, now: now)
        } catch {
            selection = EventSelection()
            problem = error
        }
        error = problem
    }

    /// Whether the filter may hide events.
    var isActive: Bool { ["kind", "since", "until"].contains { parameters[$0] != nil } }

    /// Whether the page begins with the newest event.
    var isFirstPage: Bool { parameters["cursor"] == nil }

    /// The text of `kind`; `nil` for all kinds.
    var kind: String? { parameters["kind"] }

    /// Returns an address with changed parameters.
    func address(_ path: String, kind: String?) -> String {
        PageAddress.with(path, ["kind": kind, "since": parameters["since"], "until": parameters["until"]])
    }

    /// Returns an address with other times, and otherwise the same filter.
    func address(_ path: String, since: String?, until: String?) -> String {
        PageAddress.with(path, ["kind": kind, "since": since, "until": until])
    }

    /// Returns the address of another page of the same events.
    func address(_ path: String, cursor: String?) -> String {
        PageAddress.with(
            path,
            ["kind": kind, "since": parameters["since"], "until": parameters["until"], "cursor": cursor]
        )
    }

    /// Returns the form.
    ///
    /// - Parameters:
    ///   - path: the path of the page.
    ///   - kinds: the suggested kinds.
    /// - Returns: the form, with links to common filters.
    func html(_ path: String, kinds: [EventKind]) -> HTML {
        let patterns = [EventKind.failurePatterns, "*Attestation*", "Rekey*", "Ha*"] + kinds.map(\.rawValue)
        let options = patterns.map { "<option value=\"\($0)\"></option>" as HTML }
        let clear: HTML = isActive || !isFirstPage ? "<a class=\"button\" href=\"\(path)\">Clear</a>" : ""
        return """
            <form action="\(path)" aria-label="Events" data-live>
            <label class="field wide">Kind <input name="kind" value="\(kind ?? "")" list="kinds" \
            placeholder="all, or patterns such as *Failure" autocomplete="off" aria-keyshortcuts="/"></label>
            \(time("since", "Since", "4d or 2026-08-01T12:00:00Z"))
            \(time("until", "Until", "1h or 2026-08-02"))
            <datalist id="kinds">\(options)</datalist>
            <button>Filter</button><span data-part id="clear">\(clear)</span>
            </form>
            """
    }

    private func time(_ name: String, _ label: String, _ example: String) -> HTML {
        """
        <label class="field">\(label) <input name="\(name)" value="\(parameters[name] ?? "")" placeholder="\(example)" \
        autocomplete="off"></label>
        """
    }
}
