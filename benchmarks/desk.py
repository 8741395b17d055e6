"""The desk in the browser: its first view, a keyboard session, and the map with 50,000 points.

``python -m benchmarks.desk``: BANKING77's first ten classes with 5 examples each, and 150 of their
queries in the inbox. A script decides each as a person would who knows the labels: one key to
accept, a digit to correct, letters where the class is not among the five. It presses the next key
as soon as the next document stands there, so that what is timed is the page and not the person.
The map is panned and zoomed for 300 pictures; headless Chromium draws it on the processor.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import draw, load
from benchmarks.results import save, table
from protolabel import Document, Example, LabelSpace

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/helpers"))

from playwright.sync_api import Browser, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from service_process import service

from desk import Desk, chromium, desk

CLASSES, SHOTS, QUERIES = 10, 5, 150
POINTS, WIDTH, GROUPS = 50_000, 512, 20
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


def make_inbox(path: Path) -> dict[str, str]:
    """Fill a label space and its inbox; return the class of each document, by its id."""
    data = load("banking77")
    chosen = draw(data, SHOTS, 0)
    support = [i for i in chosen.support if data.y[i] < CLASSES]
    queries = [i for i in chosen.queries if data.y[i] < CLASSES][:QUERIES]
    with LabelSpace.create(path) as space:
        space.add([Example(data.names[data.y[i]], data.texts[i]) for i in support])
        space.answer_log.remember("text")
        space.settle()
        list(space.label_many(Document(f"query {i}", data.texts[i]) for i in queries))
    return {f"query {i}": data.names[data.y[i]] for i in queries}


def drawing_time(one: Desk, view: str) -> float:
    """Open a view; return milliseconds until it is drawn.

    The page itself takes the time, from the beginning of its navigation to the picture that has
    the list, or the map: whoever asks from outside waits for the answers to the questions, too.
    """
    one.page.add_init_script(FIRST_PICTURE)
    one.page.goto(f"{one.address}#/{one.space}/{view}", wait_until="commit")
    moment = one.page.wait_for_function("() => window.shown", polling=50, timeout=90_000)
    return float(moment.json_value())


def first_view(browser: Browser, client: Any) -> tuple[float, int]:
    """Return milliseconds until the inbox is drawn, and the bytes that came for the page."""
    with desk(browser, client, "bank") as one:
        milliseconds = drawing_time(one, "inbox")
        sizes = one.page.evaluate(
            "performance.getEntries().filter((e) => !e.name.includes('/v1/'))"
            ".reduce((sum, e) => sum + (e.transferSize || 0), 0)"
        )
    return milliseconds, int(sizes)


def goes_on(one: Desk, name: str) -> bool:
    """Wait for the next document; False where its answer has just changed, and the key was idle."""
    try:
        one.page.wait_for_function(
            "(before) => document.querySelector('.document h2')?.textContent !== before",
            arg=name,
            timeout=800,
        )
    except PlaywrightTimeout:
        return False
    return True


def session(one: Desk, truth: dict[str, str]) -> dict[str, float]:
    """Decide all documents by keyboard; return how fast, and with how many keys."""
    one.open("inbox")
    title = one.page.locator(".document h2")
    expect(title).to_be_visible()
    keys = {"accepted": 0, "corrected": 0}
    pressed = {"accepted": 0, "corrected": 0}
    start = time.perf_counter()
    while title.count():
        name = title.inner_text()
        label = truth[name]
        ranked = one.page.locator(".alternatives .name").all_inner_texts()
        chip = one.page.locator(".answer .label").inner_text()
        if chip == label:
            kind, sequence = "accepted", ["a"]
        elif label in ranked:
            kind, sequence = "corrected", [str(ranked.index(label) + 1)]
        else:
            kind, sequence = "corrected", ["c", *label[:12], "Enter"]
        one.keys(*sequence)
        pressed[kind] += len(sequence)
        if goes_on(one, name):
            keys[kind] += 1
    seconds = time.perf_counter() - start
    return {
        "a minute": 60 * len(truth) / seconds,
        "accepted": keys["accepted"],
        "corrected": keys["corrected"],
        "keys to accept": pressed["accepted"] / max(1, keys["accepted"]),
        "keys to correct": pressed["corrected"] / max(1, keys["corrected"]),
    }


def make_map(path: Path) -> None:
    """Fill a label space with 50,000 remembered vectors in twenty groups."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(GROUPS, WIDTH))

    def vector(group: int, spread: float) -> np.ndarray:
        one = centres[group] + spread * rng.normal(size=WIDTH)
        return (one / np.linalg.norm(one)).astype(np.float32)

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


def drawn_map(browser: Browser, client: Any) -> dict[str, float]:
    """Return seconds until the map stands there, and how fast it is drawn while it moves."""
    with desk(browser, client, "map") as one:
        seconds = drawing_time(one, "map") / 1000
        of_service = one.page.evaluate(SERVICE) / 1000
        one.page.wait_for_timeout(1000)
        rates: dict[str, float] = one.page.evaluate(FRAMES)
    return rates | {"seconds": seconds, "service": of_service}


def report(
    milliseconds: float, size: int, work: dict[str, float], moving: dict[str, float], seconds: float
) -> None:
    """Write the page and its numbers."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    rows = [
        ["first view, ms (median of 5)", f"{milliseconds:.0f}"],
        ["first view, kB", f"{size / 1000:.0f}"],
        ["documents decided a minute, at most", f"{work['a minute']:.0f}"],
        ["accepted, with keys each", f"{work['accepted']:.0f}, {work['keys to accept']:.1f}"],
        ["corrected, with keys each", f"{work['corrected']:.0f}, {work['keys to correct']:.1f}"],
        ["map of 50,000 points: seconds until it is drawn", f"{moving['seconds']:.1f}"],
        ["of these, seconds of the service", f"{moving['service']:.1f}"],
        ["pictures a second while it is zoomed", f"{moving['rate']:.0f}"],
        ["milliseconds a picture, median and 95 %", f"{moving['p50']:.1f}, {moving['p95']:.1f}"],
        ["processes that wanted each core meanwhile", f"{busy:.0f}"],
    ]
    text = (
        "# The desk in the browser\n\n"
        "This page shows how much of a person's time the desk itself takes. The label space has "
        f"BANKING77's first\n{CLASSES} classes with {SHOTS} examples each. A script that knows "
        "the labels "
        f"decides {QUERIES} queries, and\npresses the next key as soon as the next document is "
        "shown. Headless Chromium draws the map on the\nsame cores that serve it, without a "
        "graphics processor.\n\n"
    )
    after = (
        "The page itself takes the times until it is drawn, from the beginning of its navigation "
        "on. Figures before\n2026-11-29 were taken from outside, and held the time that the driver "
        "of the browser took for its questions:\nup to a second on busy cores.\n\n"
        "How many documents a minute a person decides in Label Studio is not measured. `pip "
        "install label-studio`\nwas tried twice, for ten minutes each, beside other work on two "
        "cores. Both times it was still collecting\nits packages when it was stopped.\n\n"
    )
    values = {"first": [milliseconds, size], "session": work, "map": moving, "load": busy}
    body = text + table(["measure", "value"], rows) + "\n\n" + after
    save("desk", "make bench-desk", body, values, seconds)


def main() -> None:
    """Run, and write the result."""
    command_line(__doc__).parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        truth = make_inbox(Path(folder) / "bank.space")
        with service(str(Path(folder) / "bank.space"), "--no-browser") as client:
            first = [first_view(browser, client) for _ in range(5)]
            with desk(browser, client, "bank") as one:
                work = session(one, truth)
        make_map(Path(folder) / "map.space")
        with service(str(Path(folder) / "map.space"), "--no-browser") as client:
            moving = drawn_map(browser, client)
    milliseconds = float(np.median([one[0] for one in first]))
    size = max(one[1] for one in first)
    report(milliseconds, size, work, moving, time.perf_counter() - start)


if __name__ == "__main__":
    main()
