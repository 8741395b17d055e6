"""Other languages than English: commands in ten languages, with examples in each and in English.

``python -m benchmarks.multilingual``: 0, 1 and 5 examples a class, ten draws, the same for every
method, with descriptions in English. ``--render`` writes the page again from the last run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.encoder_vectors import encoder_of, texts_of, vectors_of
from benchmarks.encoders import cell, draws
from benchmarks.household_commands import (
    EACH,
    LANGUAGES,
    LEAST,
    MOST,
    Language,
    classes,
    commands_of,
)
from benchmarks.intervals import NEW_DATA, interval_text, paired_text
from benchmarks.multilingual_methods import (
    DEFAULT,
    DRAWS,
    KAPPA,
    MULTILINGUAL,
    NGRAMS,
    SHOTS,
    Drawn,
    by_class,
    drawn,
    encoded,
    label_space,
    ngrams,
    prototypes,
    sampling,
    settings,
    templates_by_class,
)
from benchmarks.results import RESULTS, foot_of, log_line, save, table
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.scores import LinearModel

ROUNDS = 7
Values = dict[str, dict[str, dict[str, list[list[float]]]]]


def study(methods: dict[str, Callable[[Language, Drawn], np.ndarray]]) -> Values:
    """By examples' language, shots and language: of each method the draws, and the differences.

    ``paired``: of the first method to the second, and in how many per cent of the queries only one
    of the two is right.
    """
    values: Values = {}
    for source, shots in settings():
        place = values.setdefault(source, {}).setdefault(str(shots), {})
        for language in LANGUAGES if source == "own" else LANGUAGES[1:]:
            for seed in range(DRAWS if shots else 1):
                one = drawn(language, source, shots, seed)
                y = commands_of(language).y[one.queries]
                right = [method(language, one) == y for method in methods.values()]
                accuracies = [by_class(some, y) for some in right]
                differs = by_class(right[0] != right[1], y)
                place.setdefault(language.code, []).append([*accuracies, differs])
        log_line(
            f"{source} {shots}: {np.mean([np.mean(v, axis=0) for v in place.values()], axis=0)}"
        )
    return values


def english() -> dict[str, dict[str, dict[str, list[float]]]]:
    """BANKING77 and CLINC150 by both encoders: what another language costs in English."""
    values: dict[str, dict[str, dict[str, list[float]]]] = {}
    for title in ("BANKING77", "CLINC150"):
        data = texts_of(title)
        k = len(data.names)
        for name in (DEFAULT, MULTILINGUAL):
            vectors, names = vectors_of(name, title)
            for shots in SHOTS:
                for support, rest in draws(data.y, k, shots):
                    queries = rest[data.y[rest] >= 0]
                    totals = ClassTotals.of_examples(
                        vectors[support], data.y[support], names, np.ones(k, bool)
                    )
                    scores = LinearModel.of_classes(totals, KAPPA, "cosine").scores(
                        vectors[queries]
                    )
                    right = scores.argmax(axis=1) == data.y[queries]
                    place = values.setdefault(title, {}).setdefault(name, {})
                    place.setdefault(str(shots), []).append(100 * float(right.mean()))
    return values


def speed() -> dict[str, list[float]]:
    """Commands a second of each encoder, all languages together, in turns."""
    texts = [text for language in LANGUAGES for text in commands_of(language).texts]
    rates: dict[str, list[float]] = {DEFAULT: [], MULTILINGUAL: []}
    for _ in range(ROUNDS):
        for name, own in rates.items():
            start = time.perf_counter()
            encoder_of(name).encode(texts)
            own.append(len(texts) / (time.perf_counter() - start))
    return rates


def main() -> None:
    """Run and write docs/results/multilingual.*."""
    parser = command_line(__doc__)
    parser.add_argument("--render", action="store_true", help="write the page of the last run")
    options = parser.parse_args()
    start = time.perf_counter()
    if options.render:
        record = json.loads((RESULTS / "multilingual.json").read_text(encoding="utf-8"))
        page = f"{body_of(record['values'])}\n\n{foot_of(record)}\n"
        (RESULTS / "multilingual.md").write_text(page, encoding="utf-8")
        return
    multilingual, default = encoded(MULTILINGUAL), encoded(DEFAULT)
    accuracies = study({
        MULTILINGUAL: lambda *of: label_space(multilingual, MULTILINGUAL, *of),
        DEFAULT: lambda *of: label_space(default, DEFAULT, *of),
        f"{MULTILINGUAL}, prototypes": lambda *of: prototypes(multilingual, *of),
        NGRAMS: ngrams,
    })  # fmt: skip
    values = {
        "accuracies": accuracies,
        "declined": {MULTILINGUAL: multilingual.declined, DEFAULT: default.declined},
        "english": english(),
        "speed": speed(),
        "fingerprints": [encoder_of(name).fingerprint for name in (MULTILINGUAL, DEFAULT)],
    }
    save("multilingual", "make bench-multilingual", body_of(values), values,
         time.perf_counter() - start)  # fmt: skip


def body_of(values: dict) -> str:  # type: ignore[type-arg]
    """The page, without its foot."""
    names = "; ".join(f"*{text}*" for text in classes().values())
    precisions = " and ".join(sorted({f.rpartition("/")[2] for f in values["fingerprints"]}))
    parts = [
        "# Other languages than English",
        f"Commands to a home in {len(LANGUAGES)} languages and "
        f"{len({one.script for one in LANGUAGES})} scripts, from the templates of the package "
        "home-assistant-intents (Apache-2.0), which native speakers wrote for each language. Of a "
        f"template's choices a command takes one at random: {EACH} commands a template, {LEAST} to "
        f"{MOST} templates a class. So the grammar is at times off. The {len(classes())} classes "
        "are close to one another. Their descriptions, from the same package, are in English "
        f"whatever the language: {names}.",
        "Per cent right, each class with the same weight, all classes at once. An example and a "
        f"query never come from the same template. {NEW_DATA[0].upper()}{NEW_DATA[1:]}, over "
        f"{DRAWS} draws, the same for every method; a template counts as one document.",
        "By the name of an encoder: a label space with refined weights. *prototypes*: without "
        "refinement, a description counts as one example. *character n-grams*: TF-IDF of one to "
        "four letters with logistic regression, the descriptions as examples. *difference*: of the "
        "first two columns, on the same queries.",
    ]
    for source, shots in settings():
        parts += [f"## {_title(source, shots)}", _accuracies(values["accuracies"], source, shots)]
    parts += ["## Languages", _languages(values["declined"]),
              "## English texts", _english(values["english"]),
              "## Speed", _speed(values["speed"], precisions)]  # fmt: skip
    return "\n\n".join(parts)


def _title(source: str, shots: int) -> str:
    if not shots:
        return "No example: the descriptions alone"
    language = "the language of the queries" if source == "own" else "English"
    return f"{shots} example{'s' * (shots > 1)} a class, in {language}"


def _accuracies(values: Values, source: str, shots: int) -> str:
    rows, means = [], []
    for language in LANGUAGES:
        draws_of = values[source][str(shots)].get(language.code)
        if draws_of is None:
            continue
        *methods, differs = np.array(draws_of).T
        how = sampling(language, source, shots)
        means.append([one.mean() for one in methods])
        cells = [interval_text(one.tolist(), how=how) for one in methods]
        gap = paired_text((methods[0] - methods[1]).tolist(), differs.tolist(), how)
        rows.append([language.title, *cells, gap])
    mean = np.mean(means, axis=0)
    rows.append(["mean", *(f"{one:.1f}" for one in mean), f"{mean[0] - mean[1]:+.1f}"])
    heads = [MULTILINGUAL, DEFAULT, f"{MULTILINGUAL}, prototypes", NGRAMS, "difference"]
    return table(["queries", *heads], rows)


def _languages(declined: dict[str, dict[str, float]]) -> str:
    rows = []
    for one in LANGUAGES:
        n, n_templates = len(commands_of(one).texts), templates_by_class(one).sum()
        cells = [f"{declined[name][one.code]:.0f}" for name in (MULTILINGUAL, DEFAULT)]
        rows.append([one.title, one.script, str(n), str(n_templates), *cells])
    heads = ["language", "script", "commands", "templates",
             *(f"% declined, {name}" for name in (MULTILINGUAL, DEFAULT))]  # fmt: skip
    return (
        "*Declined*: commands that a label space does not label, because the encoder could not "
        "read them ([decision 23](../decisions/0023-unreadable-text.md)). The tables above count "
        "what the encoder says of them all the same.\n\n" + table(heads, rows)
    )


def _english(values: dict[str, dict[str, dict[str, list[float]]]]) -> str:
    rows = []
    for title, by_name in values.items():
        y = texts_of(title).y
        for name, by_shots in by_name.items():
            base = by_name[DEFAULT]
            cells = [cell(by_shots[str(s)], base[str(s)], y, s) for s in SHOTS]
            rows.append([title, name, *cells])
    return (
        "Per cent right by examples a class, as in [encoders](encoders.md); in brackets the "
        "difference over the same draws, with the standard error of its mean.\n\n"
        + table(["set", "encoder", *map(str, SHOTS)], rows)
    )


def _speed(rates: dict[str, list[float]], precisions: str) -> str:
    rows = [[name, f"{np.median(own):,.0f}", f"{max(own):,.0f}"] for name, own in rates.items()]
    n = sum(len(commands_of(one).texts) for one in LANGUAGES)
    return f"All {n:,} commands, {ROUNDS} rounds in turns, precision {precisions}.\n\n" + table(
        ["encoder", "commands a second, median", "best"], rows
    )


if __name__ == "__main__":
    main()
