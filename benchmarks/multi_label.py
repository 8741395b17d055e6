"""Several labels a document: F1 and exact sets beside one-against-rest logistic regression.

Pairs of CLINC150 queries of different intents, made here, and GoEmotions. The arithmetic was chosen
on pairs of the training and validation queries, and on the half of GoEmotions that examples are
drawn from; the queries asked about here took no part. SetFit trains once a data set, on draw 0.
"""

from __future__ import annotations

import json
import sys
import warnings

from sklearn.exceptions import ConvergenceWarning

from benchmarks.common import CACHE, log_line, save
from benchmarks.multi_label_methods import METHODS, SETFIT_SHOTS, Result, setfit
from benchmarks.multi_label_page import SHOTS, page
from benchmarks.multi_label_sets import SETS

DRAWS = 10


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
    place = CACHE / "multi_label" / f"{name.split(' ')[0].lower()}-{shots}-{draw}.json"
    if not place.exists():
        task = SETS[name](shots, draw)
        results = {method: answer(task) for method, answer in METHODS.items()}
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(results), encoding="utf-8")
    kept: dict[str, Result] = json.loads(place.read_text(encoding="utf-8"))
    return kept


def main() -> None:
    """All of it."""
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    draws = next((int(word) for word in sys.argv[1:] if word.isdigit()), DRAWS)
    results = {name: run_set(name, draws) for name in SETS}
    with_setfit = "--no-setfit" not in sys.argv
    rivals = {name: setfit(SETS[name](SETFIT_SHOTS, 0)) if with_setfit else None for name in SETS}
    body = page(results, rivals, draws)
    values = {"draws": draws, "results": results, "setfit": rivals}
    if sys.argv[1:]:
        body += (
            f"\n\nMade with the options `{' '.join(sys.argv[1:])}`; draws are kept between runs."
        )
    save("multi_label", "make bench-multi-label", body, values, None)


if __name__ == "__main__":
    main()
