"""The page about the desk: its words and its tables. ``benchmarks.desk`` measures."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from benchmarks.keyboard import CLASSES, QUERIES, SHOTS, Figures
from benchmarks.label_studio import ABSENT
from benchmarks.results import save, table


@dataclass(frozen=True)
class FirstView:
    """The first view: milliseconds until it is drawn, and the bytes that came for it."""

    milliseconds: float
    size: int


@dataclass(frozen=True)
class KeyboardSessions:
    """The figures of each tool, by its name; the rival's name and version, if it was there."""

    figures: dict[str, list[Figures]]
    rival_name: str
    turns: int


@dataclass(frozen=True)
class MovingMap:
    """How the map is drawn.

    Attributes:
        seconds: until it is drawn.
        service: seconds of these that the service took.
        rate: pictures a second while it is zoomed.
        p50: milliseconds a picture, median.
        p95: the same, which 95 % are below.
    """

    seconds: float
    service: float
    rate: float
    p50: float
    p95: float


def speed_table(figures: Mapping[str, Sequence[Figures]]) -> str:
    """The sessions side by side: medians, with the least and the most in brackets."""

    def cell(runs: Sequence[Figures], name: str, digits: int = 0) -> str:
        values = list(map(attrgetter(name), runs))
        middle, least, most = (f"{f(values):.{digits}f}" for f in (np.median, min, max))
        return middle if least == most else f"{middle} ({least} to {most})"

    def counted(runs: Sequence[Figures], kind: str, keys: str) -> str:
        if not any(map(attrgetter(kind), runs)):
            return "none"
        return f"{cell(runs, kind)}; {cell(runs, keys, 1)}"

    measures = {
        "documents decided a minute, at most": lambda runs: cell(runs, "per_minute"),
        "the same until the last is stored": lambda runs: cell(runs, "stored_per_minute"),
        "ms from the last key to the next document, median": lambda runs: cell(runs, "wait_median"),
        "the same, 95 %": lambda runs: cell(runs, "wait_95"),
        "accepted; key presses each": lambda runs: counted(runs, "accepted", "keys_to_accept"),
        "corrected; key presses each": lambda runs: counted(runs, "corrected", "keys_to_correct"),
        "key presses in all": lambda runs: cell(runs, "keys"),
        "documents that were shown again after their decision": lambda runs: cell(runs, "again"),
        "processes that wanted each core meanwhile": lambda runs: cell(runs, "load", 1),
    }
    rows = [[name, *map(cells, figures.values())] for name, cells in measures.items()]
    return table(["measure", *figures], rows)


def speed_words(rival_name: str, turns: int) -> str:
    """Say how the keyboard sessions are made, and what they do not show."""
    words = (
        "## What the tools add to a person's time\n\n"
        f"A script that knows the labels decides {QUERIES} queries, and presses the next key as "
        "soon as the next document\nis shown. So the times are those of the machine. The time "
        "in which a person reads is not in them.\n\n"
    )
    if not rival_name:
        return words + f"Label Studio is not measured in this run: {ABSENT}.\n\n"
    return words + (
        f"{rival_name} has the same documents in the same browser, {turns} times in turn with "
        "the desk. The figures are\nmedians, with the least and the most in brackets. A person "
        "works there in the label stream: a digit chooses\none of the ten classes, and Ctrl+Enter "
        "submits. Ctrl+Enter counts as one key press. Its predictions are the\nclasses that "
        "protolabel finds nearest before the session, and stay so. The desk's answers learn from "
        "the\ncorrections. Without predictions a person chooses each class.\n\n"
    )


def speed_notes(rival_name: str) -> str:
    """Say how to read the figures of the sessions."""
    if not rival_name:
        return ""
    return (
        "The desk shows the next document at once and sends the decision after it. Label Studio "
        "shows the next document\nonce it has stored the last. So the second row has the time "
        "until the service has stored the last decision, too.\nAll decisions are read back after "
        "each session, and each is the right class.\n\n"
        "Where other programs want the cores, all waits are longer.\n\n"
        "`label-studio start` serves Label Studio, with SQLite and Django's own server. Its "
        "analytics, error reports and\nversion check are switched off, and its page asks no other "
        "host.\n\n"
    )


def report(first: FirstView, sessions: KeyboardSessions, moving: MovingMap, seconds: float) -> None:
    """Write the page and its numbers. ``seconds``: what all of it took."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    rows = [
        ["first view, ms (median of 5)", f"{first.milliseconds:.0f}"],
        ["first view, kB", f"{first.size / 1000:.0f}"],
        ["map of 50,000 points: seconds until it is drawn", f"{moving.seconds:.1f}"],
        ["of these, seconds of the service", f"{moving.service:.1f}"],
        ["pictures a second while it is zoomed", f"{moving.rate:.0f}"],
        ["milliseconds a picture, median and 95 %", f"{moving.p50:.1f}, {moving.p95:.1f}"],
        ["processes that wanted each core meanwhile", f"{busy:.1f}"],
    ]
    text = (
        "# The desk in the browser\n\n"
        "This page shows how much of a person's time the desk itself takes. The label space has "
        f"BANKING77's first\n{CLASSES} classes with {SHOTS} examples each. Headless Chromium "
        "draws all on the same cores that serve it, without\na graphics processor.\n\n"
    )
    after = (
        "The page itself takes the times until it is drawn, from the beginning of its navigation "
        "on. Figures before\n2026-11-29 were taken from outside, and held the time that the driver "
        "of the browser took for its questions:\nup to a second on busy cores.\n\n"
    )
    values: dict[str, Any] = {
        "first": asdict(first),
        "sessions": asdict(sessions),
        "map": asdict(moving),
        "load": busy,
    }
    body = text + table(["measure", "value"], rows) + "\n\n" + after
    body += speed_words(sessions.rival_name, sessions.turns)
    body += speed_table(sessions.figures) + "\n\n" + speed_notes(sessions.rival_name)
    save("desk", "make bench-desk", body, values, seconds)
