#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens the pages of a real exporter in a real browser, at the width of a phone and of a desktop, in light and dark mode.

    check.py BINARIES        the directory of the programs, for example .build/debug

Checks that no other host is contacted, that the policy is not violated, that nothing scrolls sideways, that the filter and the
keyboard work, also without scripts, that the HTML has no parse errors, and what axe-core checks. Writes .build/pages/*.png. If
no browser is installed, it prints so and succeeds; `.ci/setup test` installs one.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import zipfile

sys.dont_write_bytecode = True

from browser import Browser, find  # noqa: E402
from servers import ACCOUNT, ROOT, Servers  # noqa: E402

PICTURES = ROOT / ".build/pages"
WIDTHS = {"phone": 380, "desktop": 1280}
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)
        print(f"pages: {what}", file=sys.stderr)


def axe():
    """Returns the source of axe-core, from the wheel with the hash in requirements.txt."""
    script = PICTURES / "axe.min.js"
    if not script.exists():
        with tempfile.TemporaryDirectory() as work:
            requirements = pathlib.Path(__file__).with_name("requirements.txt")
            subprocess.run(
                [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps", "--require-hashes"]
                + ["--dest", work, "--requirement", requirements],
                check=True,
            )
            wheel = zipfile.ZipFile(next(pathlib.Path(work).glob("*.whl")))
            name = next(name for name in wheel.namelist() if name.endswith("axe.min.js"))
            script.write_bytes(wheel.read(name))
    return script.read_text(encoding="utf-8")


def check_html(server, path):
    """Parses a page strictly."""
    try:
        import html5lib
    except ImportError:
        print("pages: python3-html5lib is not installed; the HTML is not parsed")
        return
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(server.get(path)[2])
    expect(not parser.errors, f"{path}: HTML: {parser.errors[:5]}")


def check_page(browser, source, name):
    """Checks the open page."""
    overflow = browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    expect(overflow <= 0, f"{name}: wider than the screen by {overflow} px")
    headings = browser.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    expect(headings.count(1) == 1, f"{name}: {headings.count(1)} headings of level 1")
    expect(all(b - a <= 1 for a, b in zip(headings, headings[1:])), f"{name}: heading levels skip: {headings}")
    browser.evaluate(source + "; 0")
    result = browser.evaluate(
        "axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r =>"
        " r.violations.map(v => v.id + ': ' + v.help + ' — ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + ' ' +"
        " (n.any.concat(n.all)[0] || {message: ''}).message).join(' | ')))"
    )
    for violation in result:
        expect(False, f"{name}: axe: {violation}")


def check_axe(browser, server, source):
    """Checks that axe-core finds a planted mistake, so that its silence means something."""
    browser.open(f"{server.address}/")
    browser.evaluate(source + "; document.querySelector('#results').insertAdjacentHTML('beforeend', '<input>'); 0")
    found = browser.evaluate("axe.run().then(r => r.violations.map(v => v.id))")
    expect("label" in found, f"axe-core does not find an input without a label, only {found}")


def results(browser):
    return browser.evaluate("document.querySelectorAll('#results tbody tr, #results .names li').length")


def check_landing(browser, server, name):
    """Filters by typing, and uses the keyboard only."""
    browser.open(f"{server.address}/")
    total = results(browser)
    expect(total == server.connectors, f"landing: {total} of {server.connectors} connectors")
    for _ in range(30):
        browser.key("Tab")
        if browser.evaluate("document.activeElement.name") == "q":
            break
    expect(browser.evaluate("document.activeElement.name") == "q", "landing: Tab does not reach the search")
    browser.evaluate("document.activeElement.blur()")
    browser.key("/")
    expect(browser.evaluate("document.activeElement.name === 'q' && document.activeElement.value === ''"), "landing: / does not focus the search")
    browser.type(name.lower())
    browser.wait("document.querySelectorAll('#results tbody tr').length === 1", f"one row for {name}")
    expect("1 of" in browser.evaluate("document.getElementById('status').textContent"), "landing: the count is not announced")
    expect(browser.evaluate("location.search") == f"?q={name.lower()}", "landing: the filter is not in the address")
    expect(browser.evaluate("document.activeElement.name") == "q", "landing: the search loses the focus")
    for _ in range(12):
        browser.key("Tab")
        if browser.evaluate("!!document.activeElement.closest('#results')"):
            break
    outline = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    expect(outline == "solid", f"landing: the focus is not visible: {outline}")
    browser.key("Enter")
    browser.wait("location.pathname.startsWith('/connectors/') && document.readyState === 'complete'", "the page of the connector")


def check_connector(browser, server, path):
    """Filters the events by typing."""
    browser.open(f"{server.address}{path}")
    before = browser.evaluate("document.querySelectorAll('#results tbody tr').length")
    expect(before == 100, f"connector: {before} events, not 100")
    browser.key("/")
    browser.type("*Failure")
    browser.wait("location.search === '?kind=*Failure' || location.search === '?kind=%2AFailure'", "the filter in the address")
    browser.wait("[...document.querySelectorAll('#results tbody tr td:nth-child(2)')].every(td => td.textContent.includes('Failure'))", "failures only")
    browser.evaluate("document.querySelector('input[name=since]').focus()")
    browser.type("yesterday")
    browser.wait("document.getElementById('status').textContent.includes('is not a time')", "the error of a wrong time")


def check_without_scripts(browser, server, name, path):
    browser.open(f"{server.address}/?q={name.lower()}", scripts=False)
    expect(results(browser) == 1, "without scripts: the filter of the landing page does not work")
    browser.open(f"{server.address}{path}?kind=*Failure", scripts=False)
    kinds = browser.evaluate("[...document.querySelectorAll('#results tbody tr td:nth-child(2)')].map(td => td.textContent)")
    expect(kinds and all("Failure" in kind for kind in kinds), "without scripts: the filter of events does not work")
    # Enter in a field sends the form.
    browser.evaluate("document.querySelector('input[name=kind]').focus(), document.querySelector('input[name=kind]').select()")
    browser.type("Reconcile")
    browser.key("Enter")
    browser.wait("location.search.includes('kind=Reconcile')", "the form without scripts")


def check_refresh(browser, server):
    """Text in a field, a filter and an open list survive a refresh, which the script performs every 30 s."""
    # A hundred times faster.
    script = "{const original = setInterval; window.setInterval = (body, time) => original(body, time / 100)}"
    identifier = browser.call("Page.addScriptToEvaluateOnNewDocument", source=script)["identifier"]
    browser.open(f"{server.address}/")
    link = "document.querySelector('#results tbody tr a')"
    browser.evaluate(f"document.querySelector('details').open = true, {link}.focus(), document.querySelector('[type=search]').value = 'abc'")
    before = browser.evaluate("document.getElementById('results').innerHTML")
    address = browser.evaluate(f"{link}.getAttribute('href')")
    browser.wait(f"document.getElementById('results').innerHTML !== {json.dumps(before)}", "a refresh")
    expect(browser.evaluate("document.querySelector('details').open"), "refresh: the list is closed")
    expect(browser.evaluate("document.activeElement.getAttribute('href')") == address, "refresh: the focus moves")
    expect(browser.evaluate("document.querySelector('[type=search]').value") == "abc", "refresh: the text of the search is lost")
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=identifier)
    expect(browser.evaluate("document.querySelector('noscript meta[http-equiv]') === null"), "noscript has elements in spite of scripts")
    expect(browser.evaluate("document.querySelector('noscript').textContent.includes('refresh')"), "no refresh without scripts")


def prepare(server):
    """Gives connectors problems, and returns the name and the path of the one with the most."""
    now = int(time.time())
    for minute in (50, 40, 30):
        server.inject(index=3, kind="FinishAttestationFailure", t=now - minute * 60, a=now - minute * 60 + 20)
    server.inject(index=3, kind="StartUpgrade", t=now - 4 * 3600, a=now - 4 * 3600 + 9, url="https://example.com/<firmware>?a=1&b=2")
    server.inject(index=5, kind="RekeyReset", tunnel_id="tunnel-with-a-problem", t=now - 3600, a=now - 3590)
    server.inject(index=7, kind="Leave", t=now - 500, a=now - 490)
    server.wait_until(lambda: len(server.json("/api/v1/connectors?state=critical")["connectors"]) >= 3, "critical connectors")
    time.sleep(2)
    connectors = server.json("/api/v1/connectors?state=critical")["connectors"]
    worst = max(connectors, key=lambda one: (any("attestation failed" in text for text in one["problems"]), len(one["problems"])))
    return worst["serial_number"], f"/connectors/{ACCOUNT}/{worst['connector_id']}"


def main():
    program = find()
    if not program:
        print("pages: no browser is installed, so the pages are not checked; `.ci/setup test` installs one if the system offers it")
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    source = axe()
    with Servers(sys.argv[1], 40, history="8d", speed="1") as server:
        name, path = prepare(server)
        for one in ("/", "/?q=nothing", "/?state=wrong", path, f"{path}?kind=*Failure&since=2d", f"{path}?since=x", "/connectors/a/b"):
            check_html(server, one)
        browser = Browser(program)
        try:
            for size, width in WIDTHS.items():
                for dark in (False, True):
                    for title, address in (("landing", "/"), ("connector", path), ("filtered", f"{path}?kind=Finish*&since=1d"), ("unknown", "/connectors/a/b")):
                        label = f"{title}-{size}-{'dark' if dark else 'light'}"
                        browser.open(f"{server.address}{address}", width=width, dark=dark)
                        browser.screenshot(PICTURES / f"{label}.png")
                        check_page(browser, source, label)
            browser.problems = [one for one in browser.problems if "404" not in one]
            check_axe(browser, server, source)
            check_landing(browser, server, name)
            check_connector(browser, server, path)
            browser.problems = [one for one in browser.problems if "400" not in one]
            check_refresh(browser, server)
            check_without_scripts(browser, server, name, path)
            browser.drain()
            foreign = {url for url in browser.requests if not url.startswith((f"{server.address}/", "about:", "data:"))}
            expect(not foreign, f"requests to other hosts: {sorted(foreign)[:5]}")
            for problem in dict.fromkeys(browser.problems):
                expect(False, f"the browser reports: {problem}")
        finally:
            browser.close()
    if failures:
        sys.exit(1)
    print(f"pages: checked in {pathlib.Path(program).name}; pictures in {PICTURES.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
