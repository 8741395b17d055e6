"""One browser for the tests of a process, and a label space of an office that is served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from office_documents import CLASSES, INBOX
from playwright.sync_api import Browser
from service_process import Client, service

from desk import Desk, chromium, desk
from protolabel import Document, LabelSpace


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def make_office(path: Path, texts: str = "text") -> Path:
    """Make a label space of eight classes and 24 documents that wait."""
    with LabelSpace.create(path, encoder="hashing", background=False, who="anna") as space:
        space.describe({name: words for name, (words, _) in CLASSES.items()})
        for name, (_, examples) in CLASSES.items():
            space.add(examples, name)
        space.answer_log.remember(texts)
        space.settle()
        list(space.label_many([Document(name, text, source=name) for name, text in INBOX]))
    return path


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
    with desk(browser, client, "office") as one:
        yield one
        assert not one.trouble
        assert not one.violations()
