// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The queries of one dashboard.
struct Dashboard: Decodable {
    struct Panel: Decodable {
        let title: String?
        let targets: [Target]?
    }

    struct Target: Decodable {
        let expr: String
    }

    struct Variable: Decodable {
        let name: String
        let type: String
        let query: String
    }

    struct Variables: Decodable {
        let list: [Variable]
    }

    struct Annotation: Decodable {
        let name: String
        let expr: String
    }

    struct Annotations: Decodable {
        let list: [Annotation]?
    }

    let panels: [Panel]
    let templating: Variables
    let annotations: Annotations?

    init(file: String) throws {
        let data = try Data(contentsOf: URL(filePath: "\(ChildProgram.root)/dashboards/\(file)"))
        self = try JSONDecoder().decode(Self.self, from: data)
    }

    /// The queries of panels and annotations with their titles, with every variable set to all values.
    var queries: [(of: String, expression: String)] {
        let panels = panels.flatMap { panel in
            (panel.targets ?? []).map { (of: panel.title ?? "", expression: Self.chosen($0.expr)) }
        }
        let notes = (annotations?.list ?? []).map { (of: $0.name, expression: Self.chosen($0.expr)) }
        return panels + notes
    }

    /// The variables with values from Prometheus: name, label and selector.
    var lists: [(name: String, label: String, selector: String)] {
        templating.list.compactMap { variable in
            guard let match = variable.query.firstMatch(of: /^label_values\((.*), ([a-z_]+)\)$/) else {
                return nil
            }
            return (variable.name, String(match.output.2), Self.chosen(String(match.output.1)))
        }
    }

    private static func chosen(_ expression: String) -> String {
        expression.replacing("$__rate_interval", with: "1m").replacing("$__interval", with: "5s")
            .replacing("$__range", with: "1m").replacing(/=~"\$[a-z_]+"/, with: #"=~".+""#)
    }
}
