"""An encoder adapted to a label space's own examples, beside SetFit on the same draws.

``python -m benchmarks.adapt [--sets NAME ...] [--shots N ...] [--draws N] [--no-rival | --whole]
[--most MINUTES]``:
all classes of BANKING77 and CLINC150 with 2, 5 and 10 examples a class and their names. Accuracy of
the prototypes and of the refinement before and after ``adapt`` (also where it was not kept: then
both are the same), minutes; SetFit with 20 pairs an example, its published setting, in as many
minutes as adapting took, and with ``--whole`` also to its end, or for ``--most`` minutes. Every
draw is kept in ``.bench/adapt``.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import torch

from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, Draw, draw, load
from benchmarks.intervals import mean_interval
from benchmarks.keep import keep
from benchmarks.results import CACHE, ROOT, log_line, machine, save, table
from benchmarks.spaces import accuracy, predicted, space_of
from benchmarks.transfer import embedded
from protolabel.encoders import Encoder, load_encoder
from protolabel.encoders.locate import DEFAULT, locate
from protolabel.training.adapt import adapt
from protolabel.training.loop.reports import Report

PLACE = CACHE / "adapt"
RIVAL = CACHE / "rival" / "bin" / "python"
QUERIES = 3000
HEADS = ("prototypes", "refined")


def heads(
    data: Data, support: np.ndarray, queries: np.ndarray, encoder: Encoder
) -> dict[str, float]:
    """Accuracy of both heads through a label space of that encoder."""
    results = {}
    for head in HEADS:
        refine = head == "refined"
        with space_of(data, support, refine=refine, encoder=encoder) as space:
            space.settle()
            results[head] = accuracy(predicted(space, data, queries), data.y[queries])
    return results


def one(
    data: Data,
    shots: int,
    seed: int,
    *,
    rival: bool,
    whole: bool,
    most: float | None,
    threads: int,
) -> dict[str, object]:
    """One draw, or what was found of it before."""
    place = PLACE / f"{data.name}-{shots}-{seed}"
    place.mkdir(parents=True, exist_ok=True)
    drawn = draw(data, shots, seed, QUERIES)
    record = _kept(place / "ours.json")
    if record is None:
        first = load_encoder()
        assert isinstance(first, Encoder)

        def on_report(report: Report) -> None:
            if report.validation is not None:
                log_line(f"{data.name} {shots} {seed}: {report.episode} {report.validation}")

        with space_of(data, drawn.support) as space:
            space.settle()
            done = adapt(space, place / "encoder", on_report=on_report, overwrite=True)
        before = heads(data, drawn.support, drawn.queries, first)
        after = before
        if done.folder is not None:
            last = load_encoder(done.folder)
            assert isinstance(last, Encoder)
            after = heads(embedded(data, last), drawn.support, drawn.queries, last)
        record = {
            "before": before, "after": after, "seconds": done.seconds, "episodes": done.episodes,
            "kept": done.folder is not None, "gain": done.gain.mean,
            "interval": done.gain.interval, "threads": threads, "machine": machine(),
        }  # fmt: skip
        keep(place / "ours.json", json.dumps(record, indent=1))
    if rival:
        record |= {"setfit": _setfit(data, drawn, place, _number(record["seconds"]), threads)}
        if whole:
            longest = None if most is None else 60 * most
            results = _setfit(data, drawn, place, longest, threads, "setfit-whole.json")
            record |= {"setfit_whole": results}
    return record


def _setfit(
    data: Data,
    drawn: Draw,
    place: Path,
    seconds: float | None,
    threads: int,
    name: str = "setfit.json",
) -> dict[str, object]:
    """SetFit stopped after ``seconds``, or to its end where None."""
    path = place / name
    results = _kept(path)
    if results is not None:
        return results
    arguments = {
        "model": str(locate(DEFAULT)), "folder": str(place / "setfit"), "threads": threads,
        "texts": [data.texts[i] for i in drawn.support], "labels": data.y[drawn.support].tolist(),
        "queries": [data.texts[i] for i in drawn.queries], "truth": data.y[drawn.queries].tolist(),
        "seconds": seconds, "iterations": 20,
    }  # fmt: skip
    done = subprocess.run(
        [str(RIVAL), "-W", "ignore", "-m", "benchmarks.setfit_rival"],
        input=json.dumps(arguments), capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"SetFit failed:\n{done.stderr[-2000:]}")
    results = dict(json.loads(done.stdout.strip().splitlines()[-1])) | {"machine": machine()}
    keep(path, json.dumps(results, indent=1))
    return results


def _kept(path: Path) -> dict[str, object] | None:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def main() -> None:
    """Run what is lacking, and write what there is."""
    parser = command_line(__doc__)
    parser.add_argument("--sets", nargs="*", default=["banking77", "clinc150"])
    parser.add_argument("--shots", nargs="*", type=int, default=[2, 5, 10])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--no-rival", action="store_true")
    parser.add_argument("--whole", action="store_true", help="SetFit to its end as well")
    parser.add_argument("--most", type=float, help="minutes of it, where it does not end before")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for seed in range(options.draws):
        for name in options.sets:
            data = load(name)
            for shots in options.shots:
                rival = not options.no_rival and RIVAL.is_file()
                record = one(
                    data, shots, seed, rival=rival, whole=options.whole, most=options.most,
                    threads=options.threads,
                )  # fmt: skip
                log_line(f"{name} {shots} {seed}: {record}")
    report()


def report() -> None:
    """Write docs/results/adapt from the draws that are there."""
    rows, values = [], {}
    for name in ("banking77", "clinc150"):
        for shots in (2, 5, 10):
            paths = sorted(PLACE.glob(f"{name}-{shots}-*/ours.json"))
            records = [dict(json.loads(p.read_text(encoding="utf-8"))) for p in paths]
            if not records:
                continue
            rivals = [r for p in paths if (r := _kept(p.with_name("setfit.json")))]
            wholes = [r for p in paths if (r := _kept(p.with_name("setfit-whole.json")))]
            values[f"{name} {shots}"] = {"ours": records, "setfit": rivals, "whole": wholes}
            cells = [
                _interval_text([r[when][head] for r in records]) for when in ("before", "after")
                for head in HEADS
            ]  # fmt: skip
            rows.append(
                [name, str(shots), *cells, _interval_text([r["seconds"] / 60 for r in records]),
                 f"{sum(r['kept'] for r in records)} of {len(records)}",
                 _interval_text([_number(r["accuracy"]) for r in rivals]),
                 _interval_text([_number(r["accuracy"]) for r in wholes]),
                 _spent(wholes, records)]
            )  # fmt: skip
    head = [
        "set", "examples", "prototypes", "refined", "adapted, prototypes", "adapted, refined",
        "minutes", "kept", "SetFit, the same minutes", "SetFit, to its end", "its minutes",
    ]  # fmt: skip
    others = {str(r.get("machine")) for name in values for r in values[name]["whole"]} - {
        str(r.get("machine")) for name in values for r in values[name]["ours"]
    }
    note = "".join(f"\n\n† one thread, on {other}." for other in sorted(others))
    machines = {str(r.get("machine")) for name in values for r in values[name]["ours"]}
    body = (
        "# A label space's encoder adapted to its own examples\n\n"
        f"Accuracy in % over {QUERIES} queries, all classes at once, class names as descriptions; "
        "mean ± 95 % interval (t) over draws. Adapting is judged on held-out examples alone. It is "
        "kept where the gain in probability is above zero (one-sided, 95 %). SetFit "
        "1.2 learns from "
        "20 pairs an example. It is stopped after the same minutes, or runs to its end (in the "
        "draws where it did). Other work ran on the same cores. "
        f"Machine: {', '.join(sorted(machines))}, unless marked."
        f"\n\n{table(head, rows)}{note}"
    )
    save("adapt", "make bench-adapt", body, values, None)


def _spent(wholes: list[dict[str, object]], ours: list[dict[str, object]]) -> str:
    """Minutes of SetFit to its end; what share of its steps was done, and where not on the same
    machine as the others.
    """
    minutes = _interval_text([_number(r["seconds"]) / 60 for r in wholes])
    done = [_number(r["steps"]) / _number(r["planned"]) for r in wholes]
    part = f", {100 * min(done):.0f} % of its steps" if done and min(done) < 1 else ""
    elsewhere = {r.get("machine") for r in wholes} - {r.get("machine") for r in ours}
    return minutes + part + (" †" if elsewhere else "")


def _number(value: object) -> float:
    assert isinstance(value, (int, float)), value
    return float(value)


def _interval_text(values: list[float]) -> str:
    if not values:
        return "-"
    mean, half = mean_interval(values)
    return f"{mean:.1f}" if len(values) < 2 else f"{mean:.1f} ± {half:.1f}"


if __name__ == "__main__":
    main()
