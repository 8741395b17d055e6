"""The page of the benchmark of long documents: its words, its tables, and sections that stay."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from benchmarks.intervals import NEW_DATA
from benchmarks.long_documents import LongDocuments
from benchmarks.newsgroups import POSTS
from benchmarks.results import RESULTS, table

DRAWS = 10
MEASURED = "Measured on"  # at the end of each section, with the date
Values = dict[str, dict[str, Any]]


def earlier_page() -> tuple[dict[str, str], Values]:
    """The sections of the page as it is, each with its date, and the values by set."""
    record = json.loads((RESULTS / "contracts.json").read_text(encoding="utf-8"))
    page = (RESULTS / "contracts.md").read_text(encoding="utf-8").rsplit("\n\n", 1)[0]
    sections = {part.split("\n", 1)[0]: f"## {part}" for part in page.split("\n\n## ")[1:]}
    for title, section in sections.items():
        if MEASURED not in section:
            sections[title] = f"{section}\n\n{MEASURED} {record['date']}."
    return sections, record["values"]


def described(data: LongDocuments, rows: np.ndarray) -> str:
    """The size of a set in a sentence."""
    tokens = np.bincount(data.owner, data.tokens)[rows]
    return (
        f"{len(data.names)} classes, {len(rows):,} documents, {np.median(tokens):,.0f} tokens "
        f"at the median, {data.split[rows].mean():.0%} longer than the window."
    )


def rows_of_table(cells: dict[str, list[str]], shots: tuple[int, ...], head: str = "rule") -> str:
    """A table of one set."""
    rows = [[*name.split("; "), *row] for name, row in cells.items()]
    return table([head, "weight of the name", *map(str, shots)], rows)


def page_head() -> str:
    """What the page shows, in words."""
    return "\n\n".join(
        [
            "# Long documents",
            f"Per cent right by examples a class, {NEW_DATA}, over {DRAWS} draws. The figure in "
            "brackets counts only documents that are longer than the encoder's window, without "
            "the contracts on which rules were chosen. Every class has its name as description. "
            "The name counts as 1 or 3 examples, or the *label space* estimates its weight and "
            "refines the weights, as protolabel does by itself. *Queries in focus*: passages of "
            "a query that are near a class name weigh more; examples keep the vectors of the "
            "rule. The row in bold is what protolabel does.",
            "Contracts are the PDF files through protolabel's own reader, without their names. In "
            "*letters* an article stands at a random place among remarks about other things. "
            f"{POSTS['stripped']} "
            "The rules were chosen on other documents, and on half of the contracts, because "
            "there are only 150. What else was tried: [long "
            "documents](../experiments/long_documents.md).",
        ]
    )
