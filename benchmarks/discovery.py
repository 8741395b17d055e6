"""Proposed classes: hide a quarter of the classes, stream the documents, group what is declined.

``python -m benchmarks.discovery [--tables]``: BANKING77, CLINC150 and newsgroups20, ten examples a
known class, hidden classes among the test classes of a published fold (the height of the tree was
chosen on validation classes: docs/decisions/0034-discovery.md); and the same data with no class
known. Beside it, on the same vectors: k-means and Ward, which get the true number of classes in the
pool, and EVoC and HDBSCAN, which do not. Each draw is kept in ``.bench/discovery``.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line, tables_option
from benchmarks.discovery_draws import (
    OWN,
    figures,
    own_figures,
    pool_of,
    unknown_pool,
    with_a_person,
)
from benchmarks.grouping_time import time_part, timed
from benchmarks.intervals import interval_text
from benchmarks.newsgroups import POSTS
from benchmarks.results import CACHE, ROOT, kept_result, log_line, save, table

KEPT = CACHE / "discovery"
RIVAL = CACHE / "rival" / "bin" / "python"
SETS = ("banking77", "clinc150", "newsgroups20")
WORLDS = {"hidden": pool_of, "unknown": unknown_pool}
DRAWS = 10
WORLD_DRAWS = {"hidden": DRAWS, "unknown": 3}
SIZES = (20_000, 100_000, 1_000_000)
METHODS = {
    "protolabel": "protolabel discover",
    "kmeans": "k-means, true number",
    "ward": "Ward, true number",
    "evoc": "EVoC 0.3.2",
    "hdbscan": "HDBSCAN 0.8.44, at least 5",
}
RIVALS = tuple(m for m in METHODS if m not in OWN)


def pool(world: str, name: str, seed: int) -> Path:
    """The file of a draw's pool, made where it is lacking."""
    place = KEPT / "pools" / f"{world}-{name}-{seed}.npz"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(".part.npz")
        np.savez(fresh, allow_pickle=False, **WORLDS[world](name, seed))
        fresh.rename(place)
        log_line(place.stem)
    return place


def make_draws() -> None:
    """Make what is lacking: groupings first; a person's work last, since it takes longest."""
    for world, draws in WORLD_DRAWS.items():
        cells = [(world, name, seed) for seed in range(draws) for name in SETS]
        for cell in cells:
            place = pool(*cell)

            def own(place: Path = place, seed: int = cell[2]) -> dict[str, dict[str, float]]:
                with np.load(place) as arrays:
                    return own_figures(dict(arrays), seed)

            kept_result(KEPT / f"{place.stem}-own.json", own)
        if RIVAL.exists():
            for method in RIVALS:
                by_rival(method, [pool(*cell) for cell in cells])
    for seed in range(DRAWS):
        for name in SETS:
            place = KEPT / f"hidden-{name}-{seed}-person.json"
            kept_result(place, partial(with_a_person, name, seed))


def by_rival(method: str, pools: list[Path]) -> None:
    """Group the pools that lack it by a library in an environment of its own, in one process."""
    places = [p for p in pools if not (KEPT / f"{p.stem}-{method}.json").exists()]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for place in places:
            source = Path(folder) / f"{place.stem}.npy"
            np.save(source, np.load(place)["vectors"])
            files += [source, source.with_suffix(".npz")]
        if files:
            command = [str(RIVAL), "-W", "ignore", "-m", "benchmarks.rival_groups", method]
            subprocess.run([*command, *map(str, files)], check=True, cwd=ROOT)
        for place in places:
            with np.load(Path(folder) / f"{place.stem}.npz") as outcome, np.load(place) as arrays:
                result = figures(outcome["labels"], arrays["y"], arrays["hidden"])
                seconds = float(outcome["seconds"])
            kept_result(
                KEPT / f"{place.stem}-{method}.json", lambda r=result, s=seconds: r | {"seconds": s}
            )


def records(world: str, name: str, method: str) -> list[dict[str, float]]:
    """What is there of a method."""
    kind = "own" if method in OWN else method
    paths = sorted(KEPT.glob(f"{world}-{name}-*-{kind}.json"))
    read = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [one[method] for one in read] if kind == "own" else read


# -- the page -------------------------------------------------------------------------------------

HEAD = f"""# Proposed classes

A quarter of the classes is hidden, all from the test classes of a published fold; the others have
ten examples each. A stream of 6,000 documents (newsgroups20: 1,850) goes by, and what the label
space declines is grouped. k-means and Ward get the true number of classes among these documents;
the others get none. {POSTS["beginning"]} Mean ± 95 % interval (t) over draws of
classes, examples and stream.

- *proposed*: hidden classes that have a group which is half of that class or more, and which holds
  30 % or more of its declined documents.
- *purity*: share of grouped documents that are of their group's largest class.
- *accuracy*: groups and classes matched one to one (Hungarian); noise is wrong. *Of hidden*: the
  same for documents of hidden classes alone.

"""
UNKNOWN = """## No class is known

4,000 documents of all classes of a set, without an example of any. The published figures (TEXTOIR)
are of other encoders and protocols: USNID trains one on the unlabelled training set and tests on
the test set, with the true number of classes.

"""
ELSEWHERE = {  # accuracy, NMI
    "banking77": {
        "USNID, published": ("54.8", "75.3"),
        "k-means on their vectors, published": ("28.6", ""),
    },
    "clinc150": {
        "USNID, published": ("75.9", "91.0"),
        "k-means on their vectors, published": ("45.8", ""),
    },
}
COLUMNS = ("proposed", "groups", "noise", "purity", "accuracy", "accuracy of hidden", "NMI",
           "NMI of hidden", "seconds")  # fmt: skip


def of_methods(world: str, name: str, columns: tuple[str, ...]) -> list[list[str]]:
    """The rows of a table."""
    rows = []
    for method, title in METHODS.items():
        some = records(world, name, method)
        if some:
            rows.append([title, *(interval_text([one[c] for one in some]) for c in columns)])
    return rows


def hidden_part(name: str) -> str:
    """The table of a set of which a quarter is hidden, with what the stream was."""
    about = []
    for path in sorted((KEPT / "pools").glob(f"hidden-{name}-*.npz")):
        with np.load(path) as arrays:
            strange, declined = np.isin(arrays["stream"], arrays["hidden"]), arrays["declined"]
            about.append((
                len(arrays["hidden"]), len(arrays["y"]),
                100 * declined[strange].mean(), 100 * declined[~strange].mean(),
            ))  # fmt: skip
    hidden, pooled, caught, others = np.mean(about, axis=0)
    return (
        f"## {name}\n\n{len(about)} draws. {hidden:.0f} classes are hidden. The label "
        f"space declines {pooled:,.0f} "
        f"documents: {caught:.0f} % of those of hidden classes, {others:.0f} % of the others.\n\n"
        + table(["method", *COLUMNS], of_methods("hidden", name, COLUMNS))
    )


def person_part() -> str:
    """What a person's decisions bring, beside labels at random."""
    rows = []
    for name in SETS:
        paths = sorted(KEPT.glob(f"hidden-{name}-*-person.json"))
        runs = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        if not runs:
            continue
        reached = [run["curve"][-1] for run in runs]

        def labels_for(share: float, kind: str, runs: list = runs) -> str:
            values = []
            for run in runs:
                goal = max(1, round(share * run["curve"][-1]))
                if kind == "curve":
                    values.append(float(np.searchsorted(run["curve"], goal) + 1))
                else:
                    some = run[kind]
                    values.append(some[goal - 1] if goal <= len(some) else np.nan)
            values = [v for v in values if np.isfinite(v)]
            return interval_text(values, 0)

        rows += [
            [
                name if share == 0.5 else "", f"{title}",
                labels_for(share, "curve"), labels_for(share, "random of declined"),
                labels_for(share, "random of stream"),
            ]
            for share, title in ((0.5, "half of them"), (0.9, "90 %"), (1.0, "all of them"))
        ]  # fmt: skip
        rows[-1][1] += (
            f": {interval_text(reached)} of {runs[0]['hidden']} hidden classes; "
            f"{np.mean([r['rounds'] for r in runs]):.1f} rounds, "
            f"{np.mean([len(r['curve']) for r in runs]):.0f} decisions in all ("
            f"draws: {len(runs)}); nearest class right "
            f"{np.mean([r['before'] for r in runs]):.1f} % before, "
            f"{np.mean([r['after'] for r in runs]):.1f} % after"
        )
    return (
        "## Labels until the hidden classes are known\n\n"
        "A person reads the three exemplars of each proposal, largest first. Where two of them are "
        "of one class the proposal gets its name; "
        "otherwise it is refused. Each decision counts as one label. Then `discover` runs again, "
        "until no proposal gets a name; at the end with `--least 3`. Beside it: documents that are "
        "labelled at random, among the declined ones or all of the stream, until as many hidden "
        "classes have one.\n\n"
        + table(["data", "classes that the proposals reach", "decisions", "labels at random, "
                 "declined", "of the stream"], rows)
    )  # fmt: skip


def unknown_part() -> str:
    """The tables where no class is known."""
    columns = ("groups", "noise", "purity", "accuracy", "NMI", "seconds")
    parts = []
    for name in SETS:
        rows = of_methods("unknown", name, columns)
        for title, (accuracy, nmi) in ELSEWHERE.get(name, {}).items():
            rows.append([title, "", "", "", accuracy, nmi, ""])
        n = len(records("unknown", name, OWN[0]))
        draws = f"{n} draw{'s' if n > 1 else ''} of documents"
        parts.append(f"{name}, {draws}\n\n" + table(["method", *columns], rows))
    return UNKNOWN + "\n\n".join(parts)


def main() -> None:
    """Make what is lacking, and write what there is."""
    parser = command_line(__doc__)
    tables_option(parser, KEPT)
    options = parser.parse_args()
    if not options.tables:
        make_draws()
    sizes = {}
    for n in SIZES:
        one = kept_result(KEPT / f"size-{n}.json", None if options.tables else partial(timed, n))
        if one is not None:
            sizes[n] = one
    values = {
        f"{w} {n}": {m: records(w, n, m) for m in METHODS} for w in WORLDS for n in SETS
    } | {"sizes": sizes}  # fmt: skip
    parts = [*(hidden_part(name) for name in SETS), person_part(), unknown_part(), time_part(sizes)]
    save("discovery", "make bench-discovery", HEAD + "\n\n".join(parts), values, None)


if __name__ == "__main__":
    main()
