"""Several labels a document: F1 and exact sets beside one-against-rest logistic regression.

Pairs of CLINC150 queries of different intents, made here, and GoEmotions. The arithmetic was chosen
on pairs of the training and validation queries, and on the half of GoEmotions that examples are
drawn from; the queries asked about here took no part. SetFit trains on the first draws alone.
``python -m benchmarks.multi_label [DRAWS] [--no-setfit]``; each draw is kept in ``.bench``.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning

from benchmarks.command_line import command_line
from benchmarks.multi_label_methods import METHODS, SETFIT, SETFIT_SHOTS, Result, setfit
from benchmarks.multi_label_page import SHOTS, page
from benchmarks.multi_label_sets import SETS
from benchmarks.results import CACHE, kept_result, log_line, save

DRAWS = 5
SETFIT_DRAWS = {"CLINC150 pairs": 2, "GoEmotions": 3}  # 10 to 20 minutes of a core and more


def run_set(name: str, draws: int) -> dict[str, dict[str, list[Result]]]:
    """All draws of a data set: results by shots and method."""
    results: dict[str, dict[str, list[Result]]] = {}
    for shots in SHOTS:
        some = results.setdefault(str(shots), {method: [] for method in METHODS})
        for draw in range(draws):
            for method, result in _kept(name, shots, draw).items():
                some[method].append(result)
        log_line(f"{name}, {shots} examples a label: {some['protolabel'][-1]}")
    return results


def _kept(name: str, shots: int, draw: int) -> dict[str, Result]:
    """One draw's results by method; those of an earlier run are kept in ``.bench``."""

    def make() -> dict[str, Result]:
        task = SETS[name](shots, draw)
        return {method: answer(task) for method, answer in METHODS.items()}

    results: dict[str, Result] = kept_result(_place(name, f"{shots}-{draw}"), make)
    return results


def _place(name: str, part: str) -> Path:
    return CACHE / "multi_label" / f"{name.split(' ')[0].lower()}-{part}.json"


def run_setfit(name: str) -> dict[str, list[Result]]:
    """SetFit's results on the first draws of a data set; none where it is not installed."""
    results: dict[str, list[Result]] = {title: [] for title in SETFIT}
    for draw in range(SETFIT_DRAWS[name]):
        place = _place(name, f"setfit-{draw}")
        result = kept_result(place, lambda draw=draw: setfit(SETS[name](SETFIT_SHOTS, draw)))
        if result is None:
            place.unlink()
            return results
        for title in SETFIT:
            results[title].append(result[title])
        log_line(f"{name}, SetFit: {result}")
    return results


def main() -> None:
    """All of it."""
    parser = command_line(__doc__)
    parser.add_argument("draws", metavar="DRAWS", nargs="?", type=int, default=DRAWS)
    parser.add_argument("--no-setfit", action="store_true")
    options = parser.parse_args()
    draws = options.draws
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    results = {name: run_set(name, draws) for name in SETS}
    rivals: dict[str, dict[str, list[Result]]] = {}
    for name in sorted(SETS, reverse=True) if not options.no_setfit else ():
        rivals[name] = run_setfit(name)
    body = page(results, rivals, draws)
    values = {"draws": draws, "results": results, "setfit": rivals}
    if sys.argv[1:]:
        body += (
            f"\n\nMade with the options `{' '.join(sys.argv[1:])}`; draws are kept between runs."
        )
    save("multi_label", "make bench-multi-label", body, values, None)


if __name__ == "__main__":
    main()
