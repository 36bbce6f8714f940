"""Open what we publish in a real browser: python .ci/browser.py REPORT_FOLDER SITE_FOLDER

Every page: no message on the console, no failed request, nothing from another host, every picture
drawn, no sideways scrolling on a telephone. The report: its filters hide what they should. The
page with sliders: theory and simulation move. The site: formulas have a size. Exits 1 with what is
wrong.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
TELEPHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
SITE_PAGES = (
    "index.html",
    "gallery.html",
    "errata.html",
    "what_to_expect.html",
    "which_law.html",
    "papers.html",
    "associative_memory.html",
    "adding_a_law.html",
    "reference.html",
    "laws/index.html",
    "tutorials/best_of_k.html",
    "laws/best_of_k/index.html",
    "laws/best_of_k/error.html",
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


class Visit:
    """A page, opened, and what was found wrong with it."""

    def __init__(self, browser: Browser, root: str, path: str, found: list[str]):
        self.name, self.found = path or "index.html", found
        self.page: Page = browser.new_page(viewport=DESKTOP)
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.wrong(f"script error: {error}"))
        self.page.on("requestfailed", lambda request: self.wrong(f"not loaded: {request.url}"))
        self.page.on(
            "request",
            lambda request: self.require(
                request.url.startswith((root, "data:", "blob:")), f"asks for {request.url}"
            ),
        )
        answer = self.page.goto(root + path, wait_until="load")
        self.require(answer is not None and answer.ok, "does not open")

    def wrong(self, text: str) -> None:
        self.found.append(f"{self.name}: {text}")

    def require(self, holds: bool, text: str) -> None:
        if not holds:
            self.wrong(text)

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.wrong(f"console {kind}: {text}")

    def look(self) -> None:
        """What every page has to stand."""
        blank = self.page.evaluate(
            """async () => {
              for (const image of document.images) image.loading = "eager";
              await Promise.all([...document.images].map((image) => image.decode().catch(() => 0)));
              return [...document.images].filter((i) => !i.naturalWidth).map((i) => i.alt || i.src);
            }"""
        )
        self.require(not blank, f"pictures not drawn: {blank}")
        for size in (DESKTOP, TELEPHONE):
            self.page.set_viewport_size(size)
            wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            self.require(wide <= 0, f"{wide} pixels too wide at {size['width']}")
        self.page.set_viewport_size(DESKTOP)


def report(browser: Browser, root: str, found: list[str]) -> None:
    visit = Visit(browser, root, "index.html", found)
    visit.look()
    page = visit.page
    cards = page.locator(".card")
    for key in ("family", "status"):
        for button in page.locator(f'.filters [data-key="{key}"]').all():
            value = button.get_attribute("data-value")
            button.click()
            shown = cards.filter(visible=True)
            kept = [card.get_attribute(f"data-{key}") for card in shown.all()]
            expected = page.locator(f'.card[data-{key}="{value}"]') if value else cards
            visit.require(
                len(kept) == expected.count() and all(not value or k == value for k in kept),
                f"filter {key} = {value!r} shows {kept}",
            )
        page.locator(f'.filters [data-key="{key}"][data-value=""]').click()
    # one that no card has
    page.evaluate("document.querySelector('.card').dataset.family = 'other'")
    page.locator('.filters [data-key="family"]').nth(1).click()
    visit.require(page.locator(".card").first.is_hidden(), "a filter hides nothing")
    page.close()


def explorers(browser: Browser, root: str, found: list[str]) -> None:
    visit = Visit(browser, root, "explore.html", found)
    visit.look()
    page = visit.page
    visit.require(page.locator(".panel").count() > 0, "has no panel")
    for panel in page.locator(".panel").all():
        choose = panel.locator("select")
        for option in choose.locator("option").all():
            choose.select_option(option.get_attribute("value"))
            sliders = panel.locator("input[type=range]")
            visit.require(sliders.count() > 0, "has no slider")
            for slider in sliders.all():
                slider.fill("0")
                first = drawn(panel)
                slider.fill(slider.get_attribute("max") or "")
                last = drawn(panel)
                name = slider.get_attribute("data-name")
                visit.require(first[0] != last[0], f"{name} moves no theory")
                visit.require(first[1] != last[1], f"{name} moves no simulation")
        visit.require("NaN" not in panel.inner_html(), "draws what is not a number")
    page.close()


def drawn(panel) -> tuple[str | None, list[str | None]]:
    circles = panel.locator("circle").all()
    line = panel.locator("polyline").get_attribute("points")
    return line, [circle.get_attribute("cy") for circle in circles]


def site(browser: Browser, root: str, found: list[str]) -> None:
    for path in SITE_PAGES:
        visit = Visit(browser, root, path, found)
        visit.look()
        flat = visit.page.evaluate(
            "[...document.querySelectorAll('math')].filter((m) => !m.getBoundingClientRect().height"
            " && m.checkVisibility()).length"
        )
        visit.require(flat == 0, f"{flat} formulas have no height")
        if path == "laws/best_of_k/error.html":
            visit.require(visit.page.locator("math").count() > 3, "shows no formula")
        visit.page.close()


def opened_from_a_file(browser: Browser, folder: Path, found: list[str]) -> None:
    """Links work where nobody serves the site."""
    page = browser.new_page()
    page.goto((folder / "laws" / "best_of_k" / "error.html").resolve().as_uri())
    targets = page.evaluate("[...document.links].map((a) => a.href.split('#')[0])")
    local = {url2pathname(urlparse(url).path) for url in targets if url.startswith("file:")}
    missing = sorted(path for path in local if not Path(path).is_file())
    if missing or len(local) < 10:
        found.append(f"opened from a file, {len(local)} links, of them dead: {missing[:3]}")
    page.close()


def main(report_folder: Path, site_folder: Path) -> int:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    found: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        with served(report_folder) as root:
            report(browser, root, found)
            explorers(browser, root, found)
        with served(site_folder) as root:
            site(browser, root, found)
        opened_from_a_file(browser, site_folder, found)
        browser.close()
    print("\n".join(found) if found else "Every page is as it should be.")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
