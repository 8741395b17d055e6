"""What scikit-learn's ``check_estimator`` says of ``PrototypicalClassifier``, check by check.

``python -m benchmarks.check_estimator``: the settings are those of the tests, and two of
scikit-learn's own classifiers stand beside them. No failure is expected, so that each one counts.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections import Counter
from importlib.metadata import version
from typing import Any

from benchmarks.command_line import command_line
from benchmarks.results import ROOT, log_line, save, table
from protolabel.words.quantity import quantity

sys.path.insert(0, str(ROOT / "tests/helpers"))
from estimator_settings import SETTINGS

STATUSES = ("passed", "skipped", "failed")
Outcome = dict[str, str]  # of one check: its name, status and reason


def outcomes_of(estimator: Any) -> list[Outcome]:
    """Every check that ``check_estimator`` makes of an estimator, in its order."""
    from sklearn.utils.estimator_checks import check_estimator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes with odd data; a check that needs one asks
        results = check_estimator(estimator, on_skip=None, on_fail=None)
    return [
        {
            "check": one["check_name"],
            "status": one["status"],
            "reason": " ".join(str(one["exception"] or "").split()),
        }
        for one in results
    ]


def main() -> None:
    """Run and write docs/results/check_estimator.*."""
    command_line(__doc__).parse_args()
    os.environ["SCIPY_ARRAY_API"] = "1"  # read when SciPy is imported; one check needs it
    from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

    start = time.perf_counter()
    values = {}
    for estimator in (*SETTINGS, NearestCentroid(), KNeighborsClassifier()):
        values[repr(estimator)] = outcomes_of(estimator)
        log_line(f"{estimator!r}: {Counter(one['status'] for one in values[repr(estimator)])}")
    seconds = time.perf_counter() - start
    record = {"versions": versions(), "outcomes": values}
    save("check_estimator", "make bench-check-estimator", page(values), record, seconds)


def versions() -> dict[str, str]:
    """The versions that the outcome depends on."""
    return {name: version(name) for name in ("scikit-learn", "numpy", "scipy", "pandas")}


def page(values: dict[str, list[Outcome]]) -> str:
    """The page: how many checks end how, why any is left out, and each check of our settings."""
    counts = {name: Counter(one["status"] for one in own) for name, own in values.items()}
    assert all(set(own) <= set(STATUSES) for own in counts.values())
    ours = {name: values[name] for name in map(repr, SETTINGS)}
    packages = ", ".join(f"{name} {number}" for name, number in versions().items())
    n_checks = sum(map(len, ours.values()))
    n_by = sum((counts[name] for name in ours), Counter())
    parts = [
        "# scikit-learn's checks of the estimator",
        f"`sklearn.utils.estimator_checks.check_estimator` with {packages}: of "
        f"{quantity(n_checks, 'check')} in {quantity(len(ours), 'setting')} {n_by['passed']} pass, "
        f"{n_by['skipped']} are skipped by scikit-learn, and {n_by['failed']} fail. No check is "
        "expected to fail (`expected_failed_checks` is empty). `SCIPY_ARRAY_API=1` is set, without "
        "which scikit-learn skips `check_array_api_input` of every estimator. The last two lines "
        "are scikit-learn's own classifiers by the same command. `tests/estimator/"
        "test_scikit_learn.py` runs the same checks on the same settings, without that variable.",
        table(
            ["estimator", "checks", *STATUSES],
            [
                [f"`{name}`", str(len(values[name])), *(str(own[s]) for s in STATUSES)]
                for name, own in counts.items()
            ],
        ),
        "## Not passed",
        *not_passed(values),
        "## Each check",
        "scikit-learn makes some checks twice, with other data.",
        each_check(ours),
    ]
    return "\n\n".join(parts)


def not_passed(values: dict[str, list[Outcome]]) -> list[str]:
    """Which checks are skipped or fail, of which estimators and why."""
    names: dict[tuple[str, str, str], dict[str, None]] = {}
    for name, own in values.items():
        for one in own:
            if one["status"] != "passed":
                own_names = names.setdefault((one["check"], one["status"], one["reason"]), {})
                own_names[name] = None
    if not names:
        return ["None."]
    rows = [
        [f"`{check}`", status, reason.replace("|", "\\|"), ", ".join(f"`{n}`" for n in own)]
        for (check, status, reason), own in names.items()
    ]
    return [table(["check", "outcome", "scikit-learn's reason", "of"], rows)]


def each_check(ours: dict[str, list[Outcome]]) -> str:
    """The table of all checks of our settings: how each ended."""
    numbered = {
        name: {key: one["status"] for key, one in zip(keys_of(own), own, strict=True)}
        for name, own in ours.items()
    }
    every = dict.fromkeys(key for own in numbered.values() for key in own)
    rows = [[f"`{key}`", *(own.get(key, "–") for own in numbered.values())] for key in every]
    return table(["check", *(f"`{name}`" for name in ours)], rows)


def keys_of(own: list[Outcome]) -> list[str]:
    """The names of the checks, with a number from the second one of a name on."""
    times: Counter[str] = Counter()
    keys = []
    for one in own:
        times[one["check"]] += 1
        n = times[one["check"]]
        keys.append(one["check"] + (f" ({n})" if n > 1 else ""))
    return keys


if __name__ == "__main__":
    main()
