"""Writes the page of ``benchmarks.speed`` from the runs that are kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.intervals import interval_text
from benchmarks.results import table

SHORT, MIDDLE, LONG = KINDS = ("short queries", "100 to 300 words", "2,000 words and more")
OWN, REFERENCE = "protolabel", "sentence-transformers, torch"
BF16 = (f"{OWN}, bf16", f"{OWN}, i8", "sentence-transformers, OpenVINO")  # where it is native
Run = dict[str, Any]


def page(runs: dict[str, Run]) -> str:
    """All runs, the newest first."""
    order = sorted(runs.values(), key=lambda run: str(run["date"]), reverse=True)
    return "\n\n".join([
        "# Speed beside other libraries",
        "Documents a second with all-MiniLM-L6-v2 and two threads. protolabel runs `label_many` "
        "against 77 classes x 10 examples: encoding, scores and probabilities. The notes say what "
        "evidence costs: the nearest examples, and the words of a long document that mattered. The "
        "other libraries only encode. Each library runs in a process of its own. They take "
        "turns, and figures are medians over rounds. In brackets: how many times as fast as "
        "sentence-transformers with torch, the median of the rounds. protolabel's default is "
        "bf16 if the processor has it, and else f32.",
        "protolabel encodes whole documents, in passages and beginnings. The others drop what "
        "follows after about 256 tokens. Here they get these passages as texts, so that all do "
        "equal work.",
        "*The rest hidden*: the processor has more instructions, but the libraries do not see "
        "them (`benchmarks/instruction_mask.c`). Its clock and caches stay as they are.",
        "*Of the peak*: the speed of the encoder's matrix products, at 100 to 300 words, as a "
        "share of the speed of one large product in the same engine. The large product is in "
        "bfloat16 for bf16, i8 and the OpenVINO of sentence-transformers if the processor has "
        "it, and in float32 for all others. *Processor time*: of one short query, all threads "
        "together; another load on the machine moves it less. *Start*: from the start of the "
        "process to its first vector. *Accuracy*: BANKING77, 77 classes x 5, prototypes with "
        "names, 5 draws (mean ± 95 % interval over draws). *Cosine*: of the short queries' "
        "vectors to those of sentence-transformers with torch, mean (least).",
        *map(of_run, order),
    ])  # fmt: skip


def of_run(run: Run) -> str:
    """A section: the table and what belongs to it."""
    of_each = "; ".join(
        f"{kind}: {n:,} of {run['tokens'][kind][1] / n:,.0f} tokens"
        for kind, n in run["documents"].items()
    )
    head = ["library", *KINDS, "of the peak", "processor time, ms", "start, s", "memory, MB",
            "accuracy, %", "cosine"]  # fmt: skip
    rows = [cells(run, name) for name in run["libraries"]]
    limited = ", the rest hidden" if run["limited"] else ""
    peaks = ", ".join(f"{name} {value:,.0f}" for name, value in run["peak"].items())
    load = f", load {run['load']:.1f}" if run["load"] is not None else ""
    parts = [
        f"## {run['set']}{limited}",
        f"{run['machine']}, {run['date']}; {run['rounds']} rounds, {run['seconds']:.0f} s in all"
        f"{load}. Documents: {of_each}. Accuracy: {run['queries']:,} queries a draw. "
        f"Peaks: {peaks} GFLOP/s.",
        table(head, rows),
        "\n".join(f"- {line}" for line in notes(run)),
    ]
    return "\n\n".join(parts)


def cells(run: Run, name: str) -> list[str]:
    """The row of a library."""
    library, base = run["libraries"][name], run["libraries"].get(REFERENCE)
    row = [name]
    for kind in KINDS:
        seconds = walls(library, f"{kind}, label" if name.startswith(OWN) else kind)
        text = f"{run['documents'][kind] / np.median(seconds):,.1f}"
        if base and name != REFERENCE:
            text += f" ({np.median(walls(base, kind) / seconds):.2f})"
        row.append(text)
    cpu = [cpu for _, cpu in library["times"][SHORT] if cpu is not None]
    start, memory, cosine = library["start"], library["memory"], library["cosine"]
    return [
        *row,
        f"{share_of_peak(run, name):.0%}",
        f"{1000 * np.median(cpu) / run['documents'][SHORT]:.2f}" if cpu else "-",
        f"{start:.1f}" if start else "-",
        f"{memory / 2**20:,.0f}" if memory else "-",
        interval_text(library["accuracy"], 2),
        f"{cosine[0]:.5f} ({cosine[1]:.5f})" if cosine else "-",
    ]


def walls(library: Run, key: str) -> np.ndarray:
    """Seconds of each round."""
    return np.array([wall for wall, _ in library["times"][key]])


def share_of_peak(run: Run, name: str, size: int = 384, layers: int = 6) -> float:
    """Operations of the products of matrices over what this precision could do in that time."""
    _, total, squares = run["tokens"][MIDDLE]
    operations = layers * (24 * size * size * total + 4 * size * squares)
    in_bf16 = name in BF16 and "bf16" in run["peak"]
    peak = run["peak"]["bf16" if in_bf16 else "f32"]
    return float(operations / np.median(walls(run["libraries"][name], MIDDLE)) / 1e9 / peak)


def notes(run: Run) -> list[str]:
    """What is not the encoder's, what cutting gives, and what is missing."""
    lines = []
    for name, library in run["libraries"].items():
        if name.startswith(OWN):
            shares = [
                1 - np.median(walls(library, kind) / walls(library, f"{kind}, label"))
                for kind in KINDS
            ]
            each = ", ".join(f"{100 * share:.1f} %" for share in shares)
            lines.append(f"{name}: of `label_many`, what is not encoding takes {each}.")
            if f"{SHORT}, evidence" in library["times"]:
                rates = [
                    run["documents"][kind] / np.median(walls(library, f"{kind}, evidence"))
                    for kind in KINDS
                ]
                each = ", ".join(f"{rate:,.1f}" for rate in rates)
                lines.append(f"{name}, with evidence: {each} documents a second.")
    if base := run["libraries"].get(REFERENCE):
        each = ", ".join(
            f"{run['documents'][kind] / np.median(walls(base, f'{kind}, cut')):,.1f}"
            for kind in (MIDDLE, LONG)
            if f"{kind}, cut" in base["times"]
        )
        lines.append(
            f"{REFERENCE}, where it may drop all text after 256 tokens: {each} documents a second "
            f"({MIDDLE}; {LONG})."
        )
    for name, reason in run["missing"].items():
        lines.append(f"Not measured: {name}: {reason.split(';')[0]}.")
    return lines
