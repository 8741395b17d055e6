"""Changes of settings: what a person sets, and what the label space estimates for itself."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from protolabel.arguments import require_name
from protolabel.encoders import load_encoder, variant_of
from protolabel.encoders.mismatch import check_fingerprint
from protolabel.errors import InputError
from protolabel.label_space.changes.request import ChangeRequest, Material, Situation
from protolabel.label_space.changes.rows import listed
from protolabel.label_space.configuration.answer_limits import drop_surplus
from protolabel.label_space.configuration.settings import (
    ABOUT_ANSWERS,
    NAMES,
    Settings,
    parsed,
    require_range,
)
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.names import words_of
from protolabel.store import Store, Writing
from protolabel.words.quantity import quantity

NAMES_MEAN = "names_mean"
_EITHER = frozenset(("threshold", "target"))  # each takes the place of the other
_UNSET = {"target": "none"}  # what None stands for, where not auto


@dataclass(frozen=True)
class Configure(ChangeRequest):
    """Change settings. ``values``: as a person writes them, by name of the setting."""

    kind: ClassVar[str] = "configure"
    decides: ClassVar[bool] = True
    values: Mapping[str, object]

    def __post_init__(self) -> None:
        if not self.values:
            raise InputError("no setting", expected=f"one of {', '.join(NAMES)}")
        object.__setattr__(self, "values", dict(self.values))
        lasting = sorted(set(self.values) & set(ABOUT_ANSWERS))
        if lasting:  # undo must not bring these back, and setting them removes what was kept
            raise InputError(
                f"{lasting[0]} in a change of kind {self.kind!r}",
                expected=f"settings that undo takes back ({', '.join(NAMES)}); what may be "
                "remembered is a change of its own",
            )
        self.rows()

    def rows(self) -> dict[str, str]:
        """Return the settings as rows to store. Raises InputError."""
        rows: dict[str, str] = {}
        for key, value in sorted(self.values.items(), key=lambda pair: pair[0] != "labels"):
            rows |= _parsed(key, value)
        if self.values.keys() >= _EITHER:
            rows |= self._threshold_or_target()
        return rows

    def _threshold_or_target(self) -> dict[str, str]:
        """Return both as rows, one of which is not set. Raises InputError where both are."""
        rows = {key: _parsed(key, self.values[key])[key] for key in _EITHER}
        unset = Settings().rows()
        if all(rows[key] != unset[key] for key in _EITHER):
            raise InputError(
                "a threshold and a target in one change",
                expected="one of the two, since a target sets the threshold",
                remedy="leave out threshold, or leave out target",
            )
        return rows

    def embed(self, situation: Situation) -> Material:
        """Return the vectors of the names of classes that are to be described by them."""
        embedder, rows = situation.view.embedder, self.rows()
        labels = rows.get("labels", situation.view.settings.labels)
        require_range(rows, embedder.metric, several=labels == "several")
        if rows.get(NAMES_MEAN) != "1" or not embedder.reads_text:
            return Material()
        bare = [c.name for c in situation.view.classes() if c.description_from == "none"]
        words = list(dict.fromkeys(words_of(name) for name in bare))
        names = dict(zip(words, embedder.names(words), strict=True)) if words else {}
        return Material(embedder, names=names, names_mean=True)

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Set each; ``names_mean`` holds for the classes that are there, too."""
        rows = self._new_rows(settings_of(writing.rows, writing.before))
        if rows.get("labels") == "several":
            _refuse_nested(writing)
        for key, value in rows.items():
            writing.set(key, value)
        writing.summary = "set " + ", ".join(
            f"{key} to {_unset(key) if value is None else _words_of(key, value, rows)}"
            for key, value in self.values.items()
        )
        if NAMES_MEAN in rows:
            n = _describe_by_names(writing, material, on=rows[NAMES_MEAN] == "1")
            writing.detail["classes"] = n
            verb = "are" if n != 1 else "is"
            words = f"described by {'their names' if n != 1 else 'its name'}"
            adverb = "now" if rows[NAMES_MEAN] == "1" else "no longer"
            writing.summary += f"; {quantity(n, 'class')} {verb} {adverb} {words}" if n else ""

    def _new_rows(self, before: Settings) -> dict[str, str]:
        """Return the rows to store: labels that stay as they are leave the threshold alone."""
        rows = self.rows()
        if rows.get("labels") != before.labels:
            return rows
        return {
            k: v for k, v in rows.items() if k in self.values or k not in ("threshold", "target")
        }


def _parsed(key: str, value: object) -> dict[str, str]:
    """Return one setting as rows to store. Raises InputError, about the value as it was given."""
    text = ("off", "on")[value] if isinstance(value, bool) else str(value)
    try:
        return parsed(key, _unset(key) if value is None else text)
    except InputError as error:
        if isinstance(value, str) or key not in NAMES:
            raise
        raise InputError(
            f"{key} {repr(value)[:60]}",
            expected=error.expected,
            remedy=error.remedy or "give another, or leave it out",
        ) from error


def _words_of(key: str, value: object, rows: Mapping[str, str]) -> object:
    """Return a value as the log says it: a target in its one form, other words on one line."""
    if key == "target":
        return rows.get(key, value)
    return " ".join(value.split()) if isinstance(value, str) else value


def _unset(key: str) -> str:
    """Return the word that None stands for."""
    return _UNSET.get(key, "auto")


def _refuse_nested(writing: Writing) -> None:
    """Raise InputError where classes stand under others: answers by level have one label."""
    parents = writing.rows.class_parents(writing.before)
    if parents:
        names = [writing.rows.class_with_key(key, writing.before).name for key in parents]
        raise InputError(
            f"several labels a document where {listed(names)} stand under other classes",
            expected="classes that stand at the top",
            remedy="lift them first: " + shlex.join(["protolabel", "lift", "SPACE", *names]),
        )


def _describe_by_names(writing: Writing, material: Material, *, on: bool) -> int:
    """Describe by its name each class without description, or take that away; return how many."""
    n, counts = 0, writing.rows.counts(writing.before)
    nodes = set(writing.rows.class_parents(writing.before).values()) - set(counts)
    for row in writing.rows.classes(writing.before):
        if not on and row.described_by == "name":
            writing.describe_class(row, None, "none")
            n += 1
        elif on and row.described_by == "none" and row.key not in nodes:
            words = words_of(row.name)
            vector = material.name_vector(words)
            if vector is not None:
                writing.describe_class(row, writing.item(words, vector), "name")
                n += 1
    return n


@dataclass(frozen=True)
class Remember(ChangeRequest):
    """Say what may be remembered of documents that are answered. Undo does not take this back."""

    kind: ClassVar[str] = "remember"
    over_http: ClassVar[bool] = False
    what: str | None = None
    most: int | str | None = None

    def __post_init__(self) -> None:
        if not self.rows():
            raise InputError("nothing to remember, and no number", expected="what, or most")

    def rows(self) -> dict[str, str]:
        """Return the settings as rows to store. Raises InputError."""
        values = {"remember": self.what, "remember_most": self.most}
        rows: dict[str, str] = {}
        for key, value in values.items():
            rows |= {} if value is None else parsed(key, str(value))
        return rows

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Set each."""
        rows = self.rows()
        for key, value in rows.items():
            writing.set(key, value)
        writing.summary = "set " + ", ".join(f"{key} to {value}" for key, value in rows.items())

    def note_answers(self, store: Store, change: int | None) -> None:
        """Delete what may no longer be kept."""
        if change is not None:
            drop_surplus(store, change)


@dataclass(frozen=True)
class Tune(ChangeRequest):
    """Take up an estimate of kappa that was made from vectors of ``encoding``.

    Nothing happens if somebody has set kappa since, or moved the label space to another encoder, or
    if another process has taken up the same estimate.
    """

    kind: ClassVar[str] = "tune"
    over_http: ClassVar[bool] = False
    author: ClassVar[str | None] = "protolabel"
    patience: ClassVar[float | None] = 0.2  # nobody asked for it, and somebody may be waiting
    kappa: float
    encoding: int

    def reason_to_stay(self, store: Store, material: Material) -> str:
        """Return why the estimate does not hold any more."""
        version = store.rows.version()
        settings = settings_of(store.rows, version)
        if not settings.kappa_auto:
            return "kappa is set by a person"
        if settings.kappa == self.kappa:
            return "kappa is that already"
        if store.rows.encoding(version).number != self.encoding:
            return "the label space was moved to another encoder"
        return ""

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Set kappa."""
        before = settings_of(writing.rows, writing.before)
        writing.set("kappa", repr(self.kappa))
        writing.summary = f"kappa {before.kappa:g} -> {self.kappa:g}, estimated"


@dataclass(frozen=True)
class PlaceEncoder(ChangeRequest):
    """Record where the encoder in force is now: its name or folder.

    It must be the same encoder, which its fingerprint shows. Undo does not take this back: it says
    where a folder is, and changes no answer.
    """

    kind: ClassVar[str] = "place"
    over_http: ClassVar[bool] = False
    encoder: str

    def __post_init__(self) -> None:
        require_name(self.encoder, "the name or folder of the encoder")

    def embed(self, situation: Situation) -> Material:
        """Load the encoder, and hold it to the fingerprint of the label space."""
        embedder = situation.view.embedder
        loaded = variant_of(load_encoder(self.encoder), embedder.fingerprint)
        check_fingerprint(loaded, embedder.fingerprint, embedder.where)
        return Material(embedder)

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Record it."""
        before = writing.encoding.encoder
        writing.place_encoder(self.encoder)
        writing.summary = f"the encoder is at {self.encoder!r} now"
        writing.detail = {"from": before, "to": self.encoder}
