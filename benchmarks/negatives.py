"""What "not this" alone is worth: accuracy on other documents after 0, 50 and 200 refutations.

``python -m benchmarks.negatives [--tables]``: an operator sees a stream of answers and says of each
wrong one "not this", and no more. Measured beside ignoring that, and beside the whole correction,
which says the right class. The rule was chosen among those of ``negative_candidates`` on the train
and validation classes of the first published folds of BANKING77 and CLINC150. What is reported
goes through the public API, on the test classes of these folds and on newsgroups20, which had no
part in the choice. Each draw is kept in ``.bench/negatives`` and not made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.command_line import command_line, tables_option
from benchmarks.data_sets import Data, fold, load
from benchmarks.intervals import Sampling, interval_text, sampling
from benchmarks.negative_candidates import CANDIDATES, candidates_of
from benchmarks.newsgroups import POSTS
from benchmarks.open_worlds import any_data
from benchmarks.results import CACHE, kept_result, log_line, save, table
from benchmarks.spaces import accuracy_by_head, name_of, predicted, space_of
from protolabel import Example
from protolabel.label_space.changes import Correct

KEPT = CACHE / "negatives"
CHOSEN_ON, SETS = ("banking77", "clinc150"), ("banking77", "clinc150", "newsgroups20")
SHOTS, STEPS, DRAWS = (1, 5), (50, 200), 5
MOST_STREAM, MOST_QUERIES = 2500, 1200
HEADS = ("prototypes", "refined")
Draws = list[dict[str, float]]


def data_of(name: str, parts: tuple[str, ...]) -> Data:
    """The classes of some parts of the first published fold; newsgroups20 has no folds."""
    if name == "newsgroups20":
        return any_data(name)
    folds = fold(name)
    return load(name).only(sorted(c for part in parts for c in folds[part]))


def places(data: Data, shots: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Support, stream and queries of a draw, which share no document."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    support = np.concatenate([order[data.y[order] == c][:shots] for c in range(len(data.names))])
    rest = order[~np.isin(order, support)]
    queries, stream = rest[: len(rest) // 3][:MOST_QUERIES], rest[len(rest) // 3 :]
    return support, stream[:MOST_STREAM], queries


def one_draw(data: Data, shots: int, seed: int) -> dict[str, float]:
    """Accuracy on the queries, by head and by what the operator says of the wrong answers."""
    support, stream, queries = places(data, shots, seed)
    truth = data.y[queries]
    with space_of(data, support, refine=True) as space:
        space.settle()
        answers = predicted(space.view().unremembered(), data, stream)
        wrong = stream[answers != data.y[stream]]
        label_of = dict(zip(stream.tolist(), answers.tolist(), strict=True))
        values = {
            f"{head}/0": share
            for head, share in accuracy_by_head(space, data, queries, truth).items()
        }
        for n in STEPS:
            some = wrong[:n].tolist()

            def example(i: int, *, negative: bool) -> Example:
                c = label_of[i] if negative else int(data.y[i])
                text = data.texts[i]
                return Example(
                    name_of(data, c), text, embedding=data.embeddings[i], negative=negative
                )

            space.add([example(i, negative=True) for i in some])
            after = accuracy_by_head(space, data, queries, truth)
            values |= {f"{head}/{n}/not this": share for head, share in after.items()}
            again = predicted(space.view().unremembered(), data, np.array(some))
            values[f"again/{n}"] = float(sum(again == [label_of[i] for i in some]))
            values[f"refuted/{n}"] = float(len(some))
            space.undo()
            space.commit(Correct([example(i, negative=False) for i in some]))
            after = accuracy_by_head(space, data, queries, truth)
            values |= {f"{head}/{n}/corrected": share for head, share in after.items()}
            space.undo()
    return values | {"queries": float(len(queries))}


def choice_draw(name: str, shots: int, seed: int) -> dict[str, float]:
    """What each candidate adds, on the classes that the rule was chosen on."""
    data = data_of(name, ("train", "valid"))
    return candidates_of(data, *places(data, shots, seed))


def report_draw(name: str, shots: int, seed: int) -> dict[str, float]:
    """What the built rule adds, on the test classes."""
    return one_draw(data_of(name, ("test",)), shots, seed)


def study(tables: bool) -> dict[str, dict[str, Draws]]:
    """All draws: of the candidates, and of what was chosen; those that are kept are read."""
    chosen: dict[str, Draws] = {}
    reported: dict[str, Draws] = {}
    for shots in SHOTS:
        for name in CHOSEN_ON:
            chosen[f"{name}/{shots}"] = kept(
                f"choose-{name}-{shots}",
                partial(choice_draw, name, shots),
                900,
                tables,
            )
        for name in SETS:
            reported[f"{name}/{shots}"] = kept(
                f"report-{name}-{shots}",
                partial(report_draw, name, shots),
                100,
                tables,
            )
    return {"chosen": chosen, "reported": reported}


def kept(name: str, make: Callable[[int], dict[str, float]], first: int, tables: bool) -> Draws:
    """The draws of a kind, which are made where they are not there, but for ``tables``."""
    draws = []
    for seed in range(first, first + DRAWS):
        one = kept_result(KEPT / f"{name}-{seed}.json", None if tables else partial(make, seed))
        if one is not None:
            draws.append(one)
    log_line(name)
    return draws


def difference(draws: Draws, key: str, base: str, how: Sampling) -> str:
    """A paired difference in points, with its interval over draws."""
    return interval_text([one[key] - one[base] for one in draws], how=Sampling(0, how.shared))


def body_of(values: dict[str, dict[str, Draws]]) -> str:
    """The page."""
    parts = [
        '# What "not this" is worth',
        "For each wrong answer of a stream, an operator says "
        '["not this"](../living-labels.md#not-this), '
        "but not the right class. Accuracy in % on *other* documents, all labels at once, names "
        f"as descriptions, {DRAWS} draws: mean ± 95 % interval (t). Differences are paired, over "
        "draws. "
        "*Corrected*: the operator says the right class of the same documents, which is the most "
        "that they can give. Of the refuted documents themselves, "
        f"{again(values['reported'])} got the same label again. {POSTS['beginning']}",
    ]
    for head in HEADS:
        rows = []
        for key, draws in values["reported"].items():
            name, shots = key.split("/")
            how = sampling(data_of(name, ("test",)), int(shots), int(draws[0]["queries"]))
            rows.append([
                name, shots, interval_text([one[f"{head}/0"] for one in draws], how=how),
                *(
                    difference(draws, f"{head}/{n}/{what}", f"{head}/0", how)
                    for n in STEPS for what in ("not this", "corrected")
                ),
            ])  # fmt: skip
        heads = ["data", "examples", "before", *(
            f"{n} {what}" for n in STEPS for what in ("not this", "corrected")
        )]  # fmt: skip
        parts += [f"**Ranked by {head}** (points after 50 and after 200 wrong answers):",
                  table(heads, rows)]  # fmt: skip
    parts += [
        "## How the rule was chosen",
        "Points after 200 wrong answers, on the train and validation classes of the first folds of "
        f"BANKING77 and CLINC150, {DRAWS} draws. Nothing below was measured on the classes above.",
    ]
    for head in HEADS:
        rows = []
        for rule in CANDIDATES[head]:
            key = f"{head}/200/{rule}"
            rows.append([rule, *(
                interval_text([one[key] for one in draws]) for draws in values["chosen"].values()
            )])  # fmt: skip
        titles = [key.replace("/", ", ") for key in values["chosen"]]
        parts += [f"**Ranked by {head}**:", table(["rule", *titles], rows)]
    parts.append(RULES)
    return "\n\n".join(parts)


RULES = """The rules: *Rocchio* takes a share of the mean of a class's negatives off its prototype.
*Nearness alone*: the class loses by how much the nearest negative is nearer than 0.6.
*Than own*: by how much it is nearer than the nearest own example or description.
*Than own, within reach*: the same, no further from the negative than the prototype is; this was
built, since it lost nowhere here and leaves far documents alone. *Complementary rows*: the
refinement is fitted with -log(1 - p) of each negative.
[Decision 52](../decisions/0052-negatives.md) has the reasons."""


def again(reported: dict[str, Draws]) -> str:
    """How many of the refuted documents got their label again."""
    every = [one for draws in reported.values() for one in draws]
    same = sum(one[f"again/{n}"] for one in every for n in STEPS)
    return f"{same:.0f} of {sum(one[f'refuted/{n}'] for one in every for n in STEPS):,.0f}"


def main() -> None:
    """Run what is not kept, and write the page."""
    parser = command_line(__doc__)
    tables_option(parser, KEPT)
    options = parser.parse_args()
    start = time.perf_counter()
    values = study(options.tables)
    save("negatives", "make bench-negatives", body_of(values), values, time.perf_counter() - start)


if __name__ == "__main__":
    main()
