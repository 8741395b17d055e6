"""Writes pictures of every view, light and dark, for the documentation: ``make screenshots``."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from office_documents import CLASSES, INBOX, UNKNOWN
from PIL import Image
from playwright.sync_api import Browser, expect
from service_process import Client, service

from desk import PHONE, Desk, chromium, desk
from protolabel import Document, LabelSpace

FOLDER = Path(__file__).parents[2] / "docs/images/desk"
LONG = Path(__file__).parent / "office_lease.txt"
SIZE = (1280, 800)


def make_space(path: Path) -> None:
    """Make the office's label space with the default encoder, and its inbox."""
    with LabelSpace.create(path, who="anna") as space:
        space.describe({name: words for name, (words, _) in CLASSES.items()})
        for name, (_, examples) in CLASSES.items():
            space.add(examples, name)
        space.answer_log.remember("text")
        space.settle()
        documents = [Document(name, text, source=name) for name, text in INBOX]
        for name, texts in UNKNOWN.items():
            documents[:0] = [
                Document(f"{name} {i}.txt", text) for i, text in enumerate(texts, start=1)
            ]
        documents.append(Document("2026-06-09 Lease.txt", LONG.read_text(encoding="utf-8")))
        list(space.label_many(documents))
    with LabelSpace(path, who="ben") as space:
        space.rename("Meeting", "Meetings")
        space.correct(Document(INBOX[8][0], INBOX[8][1], source=INBOX[8][0]), "Complaint")
        space.undo()
        space.correct(Document(INBOX[8][0], INBOX[8][1], source=INBOX[8][0]), "Complaint")
        space.settle()


def start(one: Desk) -> None:
    rows = [
        ("Invoice", "A bill that asks for payment"),
        ("Contract", "An agreement of two parties"),
    ]
    for i, (name, words) in enumerate(rows, start=1):
        one.page.get_by_label(f"Class {i}", exact=True).fill(name)
        one.page.get_by_label(f"What belongs there {i}", exact=True).fill(words)


def inbox(one: Desk) -> None:
    expect(one.page.locator("mark").first).to_be_visible()


def classes(one: Desk) -> None:
    one.page.locator(".rows button", has_text="Complaint").click()
    expect(one.page.locator(".measures .big")).to_be_visible()


def merge(one: Desk) -> None:
    one.page.locator(".rows button", has_text="Reminder").click()
    one.button("Merge").click()
    one.page.get_by_role("option", name="Invoice").click()
    expect(one.page.locator(".preview .flows")).to_be_visible()


def health(one: Desk) -> None:
    expect(one.page.locator(".cost")).to_be_visible(timeout=30_000)


def drawing(one: Desk) -> None:
    expect(one.page.locator(".names span").first).to_be_visible()


def history(one: Desk) -> None:
    one.page.locator("summary").nth(1).click()
    expect(one.page.locator(".changes .flows, .changes details .about").first).to_be_visible()


def unknown(one: Desk) -> None:
    if one.button("^Look for groups").count():
        one.button("^Look for groups").click()
    expect(one.page.locator(".terms").first).to_be_visible(timeout=60_000)


PICTURES: list[tuple[str, str, Callable[[Desk], None]]] = [
    ("inbox", "inbox", inbox),
    ("classes", "classes", classes),
    ("merge", "classes", merge),
    ("unknown", "unknown", unknown),
    ("map", "map", drawing),
    ("health", "health", health),
    ("history", "history", history),
]


def take(one: Desk, name: str) -> None:
    """Write a picture, small: WebP."""
    one.page.wait_for_timeout(700)
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(one.page.screenshot()))
    picture.save(FOLDER / f"{name}.webp", quality=82, method=6)


def take_all(browser: Browser, office: Client, empty: Client) -> None:
    for dark in (False, True):
        ending = "dark" if dark else "light"
        with desk(browser, empty, "new", size=SIZE, dark=dark) as one:
            start(one.open("start"))
            take(one, f"start-{ending}")
        for name, view, prepare in PICTURES:
            with desk(browser, office, "office", size=SIZE, dark=dark) as one:
                prepare(one.open(view))
                take(one, f"{name}-{ending}")
    with desk(browser, office, "office", size=PHONE) as one:
        one.open("inbox").page.locator(".rows button").first.click()
        take(one, "phone-light")
    with desk(browser, office, "office", size=SIZE, language="de-DE") as one:
        one.open("inbox")
        inbox(one)
        take(one, "german-light")


def main() -> None:
    """Make the label spaces, serve them, take the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_space(folder / "office.space")
        LabelSpace.create(folder / "new.space").close()
        with (
            service(str(folder / "office.space"), "--no-browser") as office,
            service(str(folder / "new.space"), "--no-browser") as empty,
            chromium() as browser,
        ):
            take_all(browser, office, empty)
    total = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    sys.stdout.write(f"{len(list(FOLDER.glob('*.webp')))} pictures, {total / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main()
