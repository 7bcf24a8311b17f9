// SPDX-License-Identifier: Apache-2.0

/// The style sheet of the landing page.
enum LandingStyle {
    /// The hash of the sheet, by which the content security policy allows it.
    ///
    /// A test verifies it.
    static let hash = "sha256-ifvy/Z38FWOgAdVV3PoMA2/A7nebC5/YcmvnqZysoko="

    /// The style sheet: a table, or one block per connector on a narrow screen.
    ///
    /// A severity has a text as well as a colour. Text without spaces may break anywhere, so that nothing is wider than the
    /// screen.
    static let sheet: HTML = """
        :root{--ink:#1b2430;--soft:#566375;--line:#dfe5ec;--paper:#f6f8fa;--critical:#b3261e;--warning:#7a5200;--good:#17692f}
        *{box-sizing:border-box}
        body{margin:0;font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
        header{background:#c8431f;color:#fff;padding:.8rem 1.2rem;display:flex;flex-wrap:wrap;gap:.4rem 2rem;align-items:baseline}
        h1{font-size:1.15rem;margin:0}header small{font-weight:400}header a{color:#fff;margin-right:.8rem}
        main{max-width:70rem;margin:0 auto;padding:1rem}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.6rem}
        .tile{background:#fff;border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem;color:var(--soft)}
        .tile b{display:block;font-size:1.7rem;line-height:1.1;color:var(--ink)}
        .tile.critical b{color:var(--critical)}.tile.warning b{color:var(--warning)}.tile.good b{color:var(--good)}
        .account{color:var(--soft)}
        table{width:100%;border-collapse:collapse;background:#fff;border:1px solid var(--line)}
        th,td{text-align:left;vertical-align:top;padding:.5rem .7rem;border-bottom:1px solid var(--line)}
        th{color:var(--soft);font-weight:600;font-size:.85rem;white-space:nowrap}small,code{color:var(--soft);font-size:.8rem}
        header small{color:inherit}
        .badge{display:inline-block;padding:.05rem .5rem;border-radius:1rem;background:#e8edf3;font-size:.82rem}
        .badge.critical{background:#fbe3e1;color:var(--critical);font-weight:600}
        .badge.warning{background:#fff1cc;color:var(--warning);font-weight:600}
        .badge.good{background:#dcf3e2;color:var(--good)}
        details{margin-top:1rem;background:#fff;border:1px solid var(--line);padding:.6rem .8rem}
        summary{cursor:pointer;color:var(--good);font-weight:600}
        ul{list-style:none;margin:.6rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.15rem 1rem}
        @media(min-width:40.01rem){td:first-child{min-width:18.5rem}td:last-child{white-space:nowrap}}
        @media(max-width:40rem){main{padding:.6rem}.tiles{grid-template-columns:1fr 1fr}thead{display:none}table,tbody{display:block}
        tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}td{display:block;border:0;padding:.15rem .7rem}
        td[data-name]::before{content:attr(data-name) ": ";color:var(--soft);font-size:.85rem}}
        """
}
