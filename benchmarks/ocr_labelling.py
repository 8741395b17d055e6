"""What labelling loses by OCR: contracts by the text layer of their first pages, or by OCR of them.

Same examples and draws. A class has its name as description, and a label space labels as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.data_sets import Data, draw, embed
from benchmarks.intervals import NEW_DATA, Sampling, interval_text, paired_text, sampling
from benchmarks.ocr_pages import CONDITIONS, LOOKS, Page, contracts, length, read
from benchmarks.results import log_line, table
from benchmarks.spaces import predicted, space_of
from protolabel.words.text import PAGE_END

DRAWS, SHOTS = 10, (1, 3)
LAYER = "text layer"
SKIPPED = ("75 dots per inch",)  # only the recall has it
LABELLED = list(LOOKS)[1:]  # not the single look, which is no longer what the extra does


def labelling(n_pages: int) -> Iterator[tuple[list[str], dict[str, object]]]:
    """Yield the tables in Markdown and the values behind them, after each way what there is."""
    paths = contracts()
    types = sorted({path.parent.name for path in paths})
    y = np.array([types.index(path.parent.name) for path in paths])
    names = [f"{name.replace('-', ' ').lower()} agreement" for name in types]
    sets = {LAYER: data_of([text_of(path, n_pages, None) for path in paths], y, names)}
    lead = (
        f"All {len(paths)} contracts, {len(types)} types with their names as descriptions, by "
        f"{'their first page' if n_pages == 1 else f'their first {n_pages} pages'}: {NEW_DATA}, "
        f"over {DRAWS} draws of {' and '.join(map(str, SHOTS))} examples a type. A document that "
        "OCR cannot read gets no answer, which counts as wrong, and is no example. The differences "
        "to the text layer of the same pages are paired: same examples, same draws."
    )
    for way, looks in LOOKS.items():
        for condition in CONDITIONS if way in LABELLED else ():
            if condition in SKIPPED:
                continue
            texts = [text_of(path, n_pages, (condition, looks)) for path in paths]
            sets[f"{condition}; {way}"] = data_of(texts, y, names)
            log_line(f"{condition}; {way}: {sum(not text for text in texts)} empty")
            values: dict[str, object] = {"pages a contract": n_pages}
            tables = ["## What labelling loses", lead]
            for examples in (LAYER, "the documents' own kind"):
                tables += [_lead(examples), losses(sets, examples == LAYER, values)]
            yield tables, values


def losses(sets: dict[str, Data], from_layer: bool, values: dict[str, object]) -> str:
    """The table of all ways; the accuracies of each draw go to ``values``."""
    rows = []
    for title, data in sets.items():
        source = sets[LAYER] if from_layer else data
        row = [*title.partition("; ")[::2]]
        for shots in SHOTS:
            own, rights = outcomes(data, source, shots)
            base, base_rights = outcomes(sets[LAYER], sets[LAYER], shots)
            how = sampling(data, shots)
            differs = [
                100 * float((a != b).mean()) for a, b in zip(rights, base_rights, strict=True)
            ]
            values[f"{title}; {'examples with a text layer; ' * from_layer}{shots}"] = own
            row += [interval_text(own, how=how), loss(own, base, differs, how)]
        rows.append(row)
        log_line(str(row))
    head = ["documents", "way", *(h for s in SHOTS for h in (f"{s} a type, %", "difference"))]
    return table(head, rows)


def _lead(examples: str) -> str:
    if examples == LAYER:
        return "The examples have a text layer, and the documents that come are scans:"
    return "The examples are scans as well:"


def loss(own: list[float], base: list[float], differs: list[float], how: Sampling) -> str:
    """The paired difference to the text layer; a dash for the text layer itself."""
    if own == base and not any(differs):
        return "–"
    return paired_text(np.subtract(own, base).tolist(), differs, how)


def text_of(path: Path, n_pages: int, way: tuple[str, tuple[str, ...]] | None) -> str:
    """The text of a contract's first pages: its text layer's, or what OCR reads."""
    pages = [Page(path, i) for i in range(min(n_pages, length(path)))]
    parts = [page.text() if way is None else read(page, *way)[0] for page in pages]
    return PAGE_END.join(parts).strip(f"{PAGE_END}\n ")


def data_of(texts: list[str], y: np.ndarray, names: list[str]) -> Data:
    """The documents as vectors; those without a text are in no answer."""
    vectors = embed([*(text or "-" for text in texts), *names])
    return Data("contracts", texts, y, names, vectors[: len(texts)], vectors[len(texts) :])


_OUTCOMES: dict[tuple[int, int, int], tuple[list[float], list[np.ndarray]]] = {}


def outcomes(data: Data, source: Data, shots: int) -> tuple[list[float], list[np.ndarray]]:
    """Per cent right of each draw, and which queries were right: examples from one set."""
    key = id(data), id(source), shots
    if key not in _OUTCOMES:
        shares, rights = [], []
        for seed in range(DRAWS):
            one = draw(source, shots, seed)
            support = np.array([i for i in one.support if source.texts[i]])
            with space_of(source, support, refine=True) as space:
                space.settle()
                answers = predicted(space, data, one.queries)
            readable = np.array([bool(data.texts[i]) for i in one.queries])
            right = (np.asarray(answers) == data.y[one.queries]) & readable
            shares.append(100.0 * float(right.mean()))
            rights.append(right)
        _OUTCOMES[key] = shares, rights
    return _OUTCOMES[key]
