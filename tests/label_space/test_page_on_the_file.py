"""docs/label-space-format.md lists each setting and each key of a fit that a file holds."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from pathlib import Path

import pytest
from fakes import WordEncoder
from spaces import four_classes

from protolabel import LabelSpace, PrototypicalClassifier
from protolabel.arithmetic import kept_scores
from protolabel.label_space.changes import Nest
from protolabel.label_space.configuration.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/label-space-format.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """Return the cells of the first table after a heading."""
    (rows,) = re.findall(r"(?:^\|.*\n)+", PAGE.split(heading, 1)[1], re.M)[:1]
    return [row.split("|")[1:-1] for row in rows.splitlines()[2:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.fixture(scope="module")
def sums_of_small_spaces():
    with pytest.MonkeyPatch.context() as sizes:
        sizes.setattr(kept_scores, "LEAST_CELLS", 0)
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory, sums_of_small_spaces) -> list[Path]:
    """A file of each kind of fit, with and without them, and one of an estimator."""
    folder = tmp_path_factory.mktemp("files")
    texts = [example.text for example in four_classes(each=8)]
    labels = [example.label for example in four_classes(each=8)]
    for name, of_one in (("one", "one"), ("few", "one"), ("several", "several")):
        path = folder / name
        with LabelSpace.create(path, encoder=WordEncoder(), labels=of_one, background=False) as s:
            s.add(texts[:2] if name == "few" else texts, labels[:2] if name == "few" else labels)
            s.settle()
            if name == "one":
                s.add("pay the invoice of may", labels[0])
                s.settle()
                s.commit(Nest({"a": "ab", "b": "ab"}, new=True))
                s.settle()
    with LabelSpace.create(folder / "none", encoder=WordEncoder(), labels="several") as s:
        s.add("pay", "a")
        s.settle()
    classifier = PrototypicalClassifier(
        WordEncoder(), abstain="auto", unknown_label="nothing", parents={"a": "ab", "z": "ab"}
    )
    classifier.fit(texts, labels).save(folder / "estimator")
    return sorted(path for path in folder.iterdir() if path.is_file())


def test_each_setting_that_a_file_holds_has_a_row(files):
    stored = set[str]()
    for path in files:
        with sqlite3.connect(path) as db:
            stored |= {key for (key,) in db.execute("SELECT key FROM settings")}
    listed = {name for row in table("\n**settings** (") for name in names(row[0])}
    assert stored >= {"label_type", "unknown_label", "parents_to_come", *Settings().rows()}
    assert listed == stored | {"learned"}  # of an encoder that was adapted


def test_each_key_in_the_header_of_a_fit_has_a_row(files):
    stored: dict[str, set[str]] = defaultdict(set)
    values: dict[str, set[str]] = defaultdict(set)
    for path in files:
        with sqlite3.connect(path) as db:
            for kind, text in db.execute("SELECT kind, header FROM fits"):
                header = json.loads(text)
                stored[re.sub(":.*", ":...", kind)] |= set(header)
                if "values" in header:
                    values[header["kind"]] |= set(header["values"])
    listed: dict[str, set[str]] = defaultdict(set)
    for fit, key, _ in table("\n### Headers of fits"):
        listed[names(fit)[0] if names(fit) else fit.strip()] |= set(names(key))
    assert set(stored) == {"refinement", "modes", "calibration:...", "labels", "sums", "kappa"}
    assert {kind: keys - listed["all"] for kind, keys in stored.items()} == {
        kind: listed[kind] for kind in stored
    }
    assert all(keys >= listed["all"] for keys in stored.values())
    of_values: dict[str, set[str]] = defaultdict(set)
    for kind, key, _ in table("\nThe keys of `values`:"):
        of_values[kind.strip()] |= set(names(key))
    assert of_values == values
    assert set(values) == {"calibration", "labels", "shortage"}
