"""One browser for the tests of a file, and a label space of an office that is served.

While Playwright runs, its event loop does too, and no other test of this process can start one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from office_spaces import make_office
from playwright.sync_api import Browser, Page, expect
from service_process import Client, service

from desk import Desk, chromium, quiet_desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return make_office(tmp_path / "office.space")


@pytest.fixture
def client(office: Path) -> Iterator[Client]:
    with service(str(office), "--no-browser") as one:
        yield one


@pytest.fixture
def person(browser: Browser, client: Client) -> Iterator[Desk]:
    """Somebody at the office's page, whose scripts must not fail."""
    with quiet_desk(browser, client, "office") as one:
        yield one
        assert not one.violations()


@pytest.fixture
def inbox(person: Desk) -> Page:
    """The page of the office's inbox, once its 24 documents are listed."""
    person.open("inbox")
    expect(person.page.locator(".rows li")).to_have_count(24)
    return person.page
