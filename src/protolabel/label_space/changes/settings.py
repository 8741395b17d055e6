"""Changes of settings: what a person sets, and what the label space estimates for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from protolabel.encoders import load_encoder
from protolabel.encoders.mismatch import check_fingerprint
from protolabel.errors import InputError
from protolabel.label_space.changes.request import ChangeRequest, Material, Situation
from protolabel.label_space.settings import Settings, parsed
from protolabel.store import Store, Writing


@dataclass(frozen=True)
class Configure(ChangeRequest):
    """Change settings. ``values``: as a person writes them, by name of the setting."""

    kind: ClassVar[str] = "configure"
    values: Mapping[str, object]

    def __post_init__(self) -> None:
        if not self.values:
            raise InputError("no setting", expected="kappa, threshold, refine or names_mean")
        object.__setattr__(self, "values", dict(self.values))
        self.rows()

    def rows(self) -> dict[str, str]:
        """Return the settings as rows to store. Raises InputError."""
        rows: dict[str, str] = {}
        for key, value in self.values.items():
            text = ("off", "on")[value] if isinstance(value, bool) else str(value)
            rows |= parsed(key, "auto" if value is None else text)
        return rows

    def write(self, writing: Writing, material: Material) -> None:
        """Set each."""
        for key, value in self.rows().items():
            writing.set(key, value)
        writing.summary = "set " + ", ".join(f"{k} to {v}" for k, v in self.values.items())


@dataclass(frozen=True)
class Tune(ChangeRequest):
    """Take up an estimate of kappa that was made from vectors of ``encoding``.

    Nothing happens if somebody has set kappa since, or moved the label space to another encoder.
    """

    kind: ClassVar[str] = "tune"
    author: ClassVar[str | None] = "protolabel"
    patience: ClassVar[float | None] = 0.2  # nobody asked for it, and somebody may be waiting
    kappa: float
    encoding: int

    def refusal(self, store: Store, material: Material) -> str:
        """Return why the estimate does not hold any more."""
        version = store.version()
        if not Settings.from_rows(store.settings(version)).kappa_auto:
            return "kappa is set by a person"
        if store.encoding(version).number != self.encoding:
            return "the label space was moved to another encoder"
        return ""

    def write(self, writing: Writing, material: Material) -> None:
        """Set kappa."""
        before = Settings.from_rows(writing.rows.settings(writing.before))
        writing.set("kappa", repr(self.kappa))
        writing.summary = f"kappa {before.kappa:g} -> {self.kappa:g}, estimated"


@dataclass(frozen=True)
class PlaceEncoder(ChangeRequest):
    """Record where the encoder in force is now: its name or folder.

    It must be the same encoder, which its fingerprint shows. Undo does not take this back: it says
    where a folder is, and changes no answer.
    """

    kind: ClassVar[str] = "place"
    encoder: str

    def __post_init__(self) -> None:
        if not isinstance(self.encoder, str) or not self.encoder:
            raise InputError("no encoder", expected="its name or folder")

    def embed(self, situation: Situation) -> Material:
        """Load the encoder, and hold it to the fingerprint of the label space."""
        embedder = situation.view.embedder
        check_fingerprint(load_encoder(self.encoder), embedder.fingerprint, embedder.where)
        return Material(embedder)

    def write(self, writing: Writing, material: Material) -> None:
        """Record it."""
        before = writing.encoding.encoder
        writing.place_encoder(self.encoder)
        writing.summary = f"the encoder is at {self.encoder!r} now"
        writing.detail = {"from": before, "to": self.encoder}
