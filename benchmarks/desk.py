"""The desk in the browser: its first view, keyboard sessions, and the map with 50,000 points.

``python -m benchmarks.desk``: BANKING77's first ten classes with 5 examples each, and 150 of their
queries in the inbox. A script decides each as a person would who knows the labels: one key to
accept, a digit to correct, letters where the class is not among the five. It presses the next key
as soon as the next document stands there, so that what is timed is the page and not the person.
Label Studio has the same documents in the same browser, in turn, with and without protolabel's
answers. The map is panned and zoomed for 300 pictures; headless Chromium draws it on the processor.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.desk_page import FirstView, KeyboardSessions, MovingMap, report
from benchmarks.keyboard import (
    Figures,
    Query,
    Work,
    check_stored,
    make_inbox,
)
from benchmarks.label_studio import (
    COMMAND,
    LabelStudio,
    asked_elsewhere,
    label_stream,
    label_studio,
    sign_in,
)
from benchmarks.results import log_line
from protolabel import Document, Example, LabelSpace

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/helpers"))

from playwright.sync_api import Browser, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from service_process import Client, service

from desk import Desk, chromium, desk

TURNS = 3
POINTS, WIDTH, GROUPS = 50_000, 512, 20
NOWHERE_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
FIRST_PICTURE = """
new MutationObserver((_, observer) => {
  if (!document.querySelector(".rows li, .names span")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.shown = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""
SERVICE = """() => {
  const one = performance.getEntriesByType("resource").find((e) => e.name.endsWith("/map/map"));
  return one.responseStart - one.requestStart;
}"""
FRAMES = """() => new Promise((done) => {
  const canvas = document.querySelector("canvas"), times = [];
  const step = (now) => {
    times.push(now);
    const turn = { deltaY: 60 * Math.sin(times.length / 20), clientX: 600, clientY: 400,
                   bubbles: true, cancelable: true };
    canvas.dispatchEvent(new WheelEvent("wheel", turn));
    if (times.length <= 300) return requestAnimationFrame(step);
    const gaps = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b);
    done({ rate: 1000 * 300 / (times[300] - times[0]), p50: gaps[150], p95: gaps[285] });
  };
  requestAnimationFrame(step);
})"""


def drawing_time(person: Desk, view: str) -> float:
    """Open a view; return milliseconds until it is drawn.

    The page itself takes the time, from the beginning of its navigation to the picture that has
    the list, or the map: whoever asks from outside waits for the answers to the questions, too.
    """
    page = person.page
    page.add_init_script(FIRST_PICTURE)
    page.goto(f"{person.address}#/{person.space}/{view}", wait_until="commit")
    moment = page.wait_for_function("() => window.shown", polling=50, timeout=90_000)
    return float(moment.json_value())


def first_view(browser: Browser, client: Any) -> FirstView:
    """Open the inbox in a page of its own."""
    with desk(browser, client, "bank") as person:
        milliseconds = drawing_time(person, "inbox")
        size = person.page.evaluate(
            "performance.getEntries().filter((e) => !e.name.includes('/v1/'))"
            ".reduce((sum, e) => sum + (e.transferSize || 0), 0)"
        )
    return FirstView(milliseconds, int(size))


def goes_on(person: Desk, name: str) -> bool:
    """Wait for the next document; False where its answer has just changed, and the key was idle."""
    try:
        person.page.wait_for_function(
            "(before) => document.querySelector('.document h2')?.textContent !== before",
            arg=name,
            timeout=800,
        )
    except PlaywrightTimeout:
        return False
    return True


def session(person: Desk, client: Client, documents: Mapping[str, Query]) -> Figures:
    """Decide all documents by keyboard; return how fast, and with how many keys."""
    person.open("inbox")
    title = person.page.locator(".document h2")
    expect(title).to_be_visible()
    work = Work()
    while title.count():
        name = title.inner_text()
        label = documents[name].label
        ranked = person.page.locator(".alternatives .name").all_inner_texts()
        chip = person.page.locator(".answer .label").inner_text()
        if chip == label:
            kind, sequence = "accepted", ["a"]
        elif label in ranked:
            kind, sequence = "corrected", [str(ranked.index(label) + 1)]
        else:
            kind, sequence = "corrected", ["c", *label[:12], "Enter"]
        person.keys(*sequence)
        since = time.perf_counter()
        work.pressed[kind] += len(sequence)
        if goes_on(person, name):
            work.note_decision(name, kind, since)
    seconds = time.perf_counter() - work.start
    labels = decisions(client)
    while len(labels) < len(documents) and time.perf_counter() - work.start < seconds + 20:
        labels = decisions(client)
    until_stored = time.perf_counter() - work.start
    check_stored(documents, labels)
    return work.figures(seconds, until_stored)


def decisions(client: Client) -> dict[str, str | None]:
    """Return the classes that a person gave the documents, as the service has stored them."""
    listed = client.get("/v1/spaces/bank/inbox?limit=1000").json["documents"]
    return {row["id"]: row["label"] for row in listed if row["by"] == "person"}


def sessions(browser: Browser, folder: Path) -> KeyboardSessions:
    """Decide the documents with each tool in turn."""
    works: dict[str, list[Figures]] = {"desk": []}
    with ExitStack() as stack:
        rival = stack.enter_context(label_studio()) if COMMAND.exists() else None
        for turn in range(TURNS):
            path = folder / str(turn) / "bank.space"
            path.parent.mkdir()
            documents = make_inbox(path)
            with (
                service(str(path), "--no-browser") as client,
                desk(browser, client, "bank") as person,
            ):
                works["desk"].append(session(person, client, documents))
            if rival:
                for name, figures in rival_sessions(browser, rival, documents).items():
                    works.setdefault(name, []).append(figures)
            rates = {name: runs[-1].per_minute for name, runs in works.items()}
            log_line(f"turn {turn}: {rates}")
        rival_name = f"Label Studio {rival.version()}" if rival else ""
        return KeyboardSessions(works, rival_name, TURNS)


def rival_sessions(
    browser: Browser, rival: LabelStudio, documents: Mapping[str, Query]
) -> dict[str, Figures]:
    """Decide the documents in Label Studio, with predictions and without."""
    with desk(browser, rival) as person:
        sign_in(person.page, rival)
        works = {
            "Label Studio, with the answers": label_stream(
                person.page, rival, documents, answered=True
            ),
            "Label Studio alone": label_stream(person.page, rival, documents, answered=False),
        }
        assert not asked_elsewhere(person.requests), asked_elsewhere(person.requests)
    return works


def make_map(path: Path) -> None:
    """Fill a label space with 50,000 remembered vectors in twenty groups."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(GROUPS, WIDTH))

    def vector(group: int, spread: float) -> np.ndarray:
        drawn = centres[group] + spread * rng.normal(size=WIDTH)
        return (drawn / np.linalg.norm(drawn)).astype(np.float32)

    with LabelSpace.create(path, encoder="hashing") as space:
        space.answer_log.remember("answers", most=POINTS)
        space.add(
            [Example(f"group {i % GROUPS}", embedding=vector(i % GROUPS, 1.0)) for i in range(160)]
        )
        for start in range(0, POINTS, 4000):
            documents = [
                Document(f"document {i}", embedding=vector(i % GROUPS, 1.2))
                for i in range(start, min(POINTS, start + 4000))
            ]
            list(space.label_many(documents, evidence=0))
            space.answer_log.write(5.0)


def moving_map(browser: Browser, client: Any) -> MovingMap:
    """Open the map, and zoom it."""
    with desk(browser, client, "map") as person:
        seconds = drawing_time(person, "map") / 1000
        service_seconds = person.page.evaluate(SERVICE) / 1000
        person.page.wait_for_timeout(1000)
        rates: dict[str, float] = person.page.evaluate(FRAMES)
    return MovingMap(seconds=seconds, service=service_seconds, **rates)


def main() -> None:
    """Run, and write the result."""
    command_line(__doc__).parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, chromium(NOWHERE_ELSE) as browser:
        make_inbox(Path(folder) / "bank.space")
        with service(str(Path(folder) / "bank.space"), "--no-browser") as client:
            views = [first_view(browser, client) for _ in range(5)]
        by_keyboard = sessions(browser, Path(folder))
        make_map(Path(folder) / "map.space")
        with service(str(Path(folder) / "map.space"), "--no-browser") as client:
            moving = moving_map(browser, client)
    first = FirstView(
        milliseconds=float(np.median([view.milliseconds for view in views])),
        size=max(view.size for view in views),
    )
    report(first, by_keyboard, moving, time.perf_counter() - start)


if __name__ == "__main__":
    main()
