"""The page in a real Chromium: one desk is one person at one browser, and what its console said."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright

expect.set_options(timeout=20_000)  # a machine may be busy
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
AXE = Path(__file__).parents[2] / "desk/node_modules/axe-core/axe.min.js"
PHONE = (390, 844)

_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(event.violatedDirective + " " + event.blockedURI);
});
"""


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Start a browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(arguments))
        yield browser
        browser.close()


@dataclass
class Desk:
    """One page. ``trouble``: errors of its scripts and its console; ``requests``: all addresses."""

    page: Page
    address: str
    space: str
    trouble: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, view: str = "") -> Desk:
        """Go to a view, or to where the page itself goes."""
        self.page.goto(f"{self.address}#/{self.space}/{view}" if view else self.address)
        expect(self.page.locator("h1").first).to_be_visible()
        return self

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(name))

    def until(self, question: str) -> None:
        """Wait until the page answers a question with true: a function, which may be async.

        ``wait_for_function`` takes the promise of such a function for the answer.
        """
        deadline = time.monotonic() + 20  # a machine may be busy
        while self.page.evaluate(question) is not True:
            assert time.monotonic() < deadline, question
            self.page.wait_for_timeout(50)

    def hold(self, pattern: str) -> list[Route]:
        """Hold each request to an address; return the list of those that are held."""
        routes: list[Route] = []
        self.page.route(pattern, lambda route: routes.append(route))
        return routes

    def let_go(self, pattern: str, routes: list[Route]) -> None:
        """Wait until a request is held, let the last one go on, and hold no more."""
        while not routes:
            self.page.wait_for_timeout(20)  # in which the page goes on
        routes[-1].continue_()
        self.page.unroute(pattern)

    def chips(self) -> list[str]:
        """Return the classes of the list, from top to bottom."""
        return [text.strip() for text in self.page.locator(".rows .chip").all_inner_texts()]

    def violations(self) -> list[str]:
        """Return what the content-security policy has refused."""
        refused: list[str] = self.page.evaluate("window.violations")
        return refused

    def axe(self) -> list[str]:
        """Return what axe finds against WCAG 2.2 AA, and its good practice."""
        if not AXE.exists():
            pytest.skip("axe-core is not installed: npm ci in desk/")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        results: dict[str, Any] = self.page.evaluate("axe.run(document)")
        return [
            f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}"
            for one in results["violations"]
        ]


class Served(Protocol):
    """Whatever answers at a port of this machine."""

    port: int


@contextmanager
def desk(
    browser: Browser, client: Served, space: str = "mail", *, size: tuple[int, int] = (1280, 800),
    language: str = "en-GB", dark: bool = False,
) -> Iterator[Desk]:  # fmt: skip
    """Open a person's browser window with nothing kept from before."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.add_init_script(_WATCH)
    context.set_default_timeout(20_000)
    page = context.new_page()
    one = Desk(page, f"http://127.0.0.1:{client.port}/", space)
    page.on("pageerror", lambda error: one.trouble.append(str(error)))
    page.on("console", lambda message: _note(one, message.type, message.text))
    page.on("request", lambda request: one.requests.append(request.url))
    yield one
    context.close()


@contextmanager
def quiet_desk(browser: Browser, client: Served, space: str = "mail") -> Iterator[Desk]:
    """Open a person's browser window, in which no script may fail."""
    with desk(browser, client, space) as one:
        yield one
        assert not one.trouble


def _note(one: Desk, kind: str, text: str) -> None:
    if kind == "error" and "status of 4" not in text:  # a refusal is an answer
        one.trouble.append(text)


def bills(n: int) -> list[dict[str, str | bytes]]:
    """Return so many files for an input of files, each a bill."""
    return [
        {"name": f"{i}.txt", "mimeType": "text/plain", "buffer": f"bill {i}".encode()}
        for i in range(n)
    ]


def until_decided(person: Desk, n: int, space: str = "office") -> None:
    """Wait until people have decided on so many documents of the inbox."""
    person.until(
        f"() => fetch('/v1/spaces/{space}/inbox').then(r => r.json())"
        f".then(j => j.documents.filter(d => d.by === 'person').length === {n})"
    )
