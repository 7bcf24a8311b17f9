// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// The document around the content of a page: head, header and navigation.
struct PageLayout {
    /// The title, which browsers show in the tab.
    let title: String

    /// The heading in the header; `nil` if the content has its own.
    var heading: HTML?

    let telemetryPath: String

    /// Seconds after which browsers without scripts load the page again; `nil` for never.
    ///
    /// With scripts, the script refreshes the page and keeps the text in its fields.
    var refresh: Int?

    /// Returns the response with the page.
    func response(_ status: Int = 200, _ encoding: ContentEncoding? = nil, _ content: HTML) -> Response {
        let body = Array(document(content).description.utf8)
        var response = Response(
            status: status,
            headers: [("Content-Type", "text/html; charset=utf-8")] + Self.securityHeaders
        )
        if let encoding {
            encoding.setBody(body, of: &response)
        } else {
            response.body = [body]
        }
        return response
    }

    /// The fields that allow only the style, the script and the icon of this program, and forbid frames, referrers and
    /// caching.
    ///
    /// The policy has no exceptions for inline styles and scripts, so injected ones are not applied.
    private static let securityHeaders: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
                + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ]

    private func document(_ content: HTML) -> HTML {
        let brand: HTML = heading ?? "<p class=\"brand\"><a href=\"/\">Magic Connector Exporter</a></p>"
        let refresh: HTML =
            refresh.map { "<noscript><meta http-equiv=\"refresh\" content=\"\($0)\"></noscript>\n" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            \(refresh)<title>\(title)</title>
            <link rel="icon" href="\(PageAsset.icon.address)">
            <link rel="stylesheet" href="\(PageAsset.style.address)">
            <script defer src="\(PageAsset.script.address)"></script>
            </head>
            <body>
            <a class="skip" href="#main">Skip to content</a>
            <header>
            \(brand)
            <nav aria-label="Exporter"><a href="\(telemetryPath)">Metrics</a> <a href="/-/ready">Ready</a> \
            <a href="/-/healthy">Healthy</a> <small>\(BuildInfo.version)</small></nav>
            </header>
            <main id="main" tabindex="-1">
            \(content)
            </main>
            </body>
            </html>

            """
    }
}
