// SPDX-License-Identifier: Apache-2.0

/// The script of the pages, which work without it too.
///
/// It sends the filter form while its fields change, and refreshes the page. Both load the page and replace its parts with the
/// attribute `data-part`, so that fields keep their text and the focus stays.
enum PageScript {
    static let source = #"""
        "use strict";
        (() => {
          const REFRESH = 30000, DELAY = 200, RETRY = 1000, RETRIES = 5;
          const form = document.querySelector("form[data-live]");
          const status = document.getElementById("status");
          let controller = null, timer = 0;

          const wait = (time, signal) => new Promise((resolve, reject) => {
            const id = setTimeout(resolve, time);
            signal.addEventListener("abort", () => { clearTimeout(id); reject(signal.reason); });
          });

          // If too many clients wait for queries, the exporter responds with 503.
          const request = async (address, signal) => {
            for (let attempt = 0; ; attempt++) {
              const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
              if (response.status !== 503 || attempt === RETRIES) return response;
              await wait(RETRY, signal);
            }
          };

          const replace = (part, other) => {
            if (part.innerHTML === other.innerHTML) return;
            const focused = part.contains(document.activeElement) ? document.activeElement : null;
            const address = focused && focused.getAttribute("href");
            const inSummary = focused && focused.closest("summary");
            const open = [...part.querySelectorAll("details")].map((details) => details.open);
            part.replaceChildren(...document.importNode(other, true).childNodes);
            part.querySelectorAll("details").forEach((details, index) => {
              if (index < open.length) details.open = open[index] || details.open;
            });
            if (address) {
              const link = [...part.querySelectorAll("a")].find((link) => link.getAttribute("href") === address);
              if (link) link.focus({ preventScroll: true });
            } else if (inSummary) {
              const summary = part.querySelector("summary");
              if (summary) summary.focus({ preventScroll: true });
            }
          };

          const load = async (address, announces) => {
            if (controller) controller.abort();
            controller = new AbortController();
            const { signal } = controller;
            const main = document.getElementById("main");
            if (announces) main.setAttribute("aria-busy", "true");
            try {
              const response = await request(address, signal);
              const page = new DOMParser().parseFromString(await response.text(), "text/html");
              if (!page.getElementById("main")) throw new Error(`status ${response.status}`);
              for (const part of document.querySelectorAll("[data-part]")) {
                const other = page.getElementById(part.id);
                if (other) replace(part, other);
              }
              const text = page.getElementById("status");
              if (text && status && (announces || status.dataset.failed)) status.textContent = text.textContent;
              if (status) delete status.dataset.failed;
              document.title = page.title;
              if (announces) history.replaceState(null, "", address);
            } catch (error) {
              if (signal.aborted) return;
              if (status) {
                status.textContent = "The exporter does not respond. The page shows its last response.";
                status.dataset.failed = "true";
              }
            }
            if (announces) main.removeAttribute("aria-busy");
          };

          const target = () => {
            const query = new URLSearchParams();
            for (const [name, value] of new FormData(form)) if (value.trim()) query.set(name, value.trim());
            const text = query.toString();
            return form.getAttribute("action") + (text ? `?${text}` : "");
          };

          if (form) {
            const changed = (delay) => {
              clearTimeout(timer);
              timer = setTimeout(() => { load(target(), true); }, delay);
            };
            form.addEventListener("input", (event) => changed(event.target.tagName === "SELECT" ? 0 : DELAY));
            form.addEventListener("submit", (event) => { event.preventDefault(); changed(0); });
            document.addEventListener("keydown", (event) => {
              if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
              if (event.target.closest("input, select, textarea")) return;
              event.preventDefault();
              const field = form.querySelector("input");
              field.focus();
              field.select();
            });
          }

          setInterval(() => {
            const query = new URLSearchParams(location.search);
            if (document.visibilityState === "visible" && !query.has("cursor")) load(location.pathname + location.search, false);
          }, REFRESH);
        })();

        """#
}
