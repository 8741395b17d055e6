"""Public records of what a label space holds. None of them is a single row of the store."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.multilabel import LabelModel
from protolabel.arrays import Metric
from protolabel.label_space.configuration.settings import Settings


@dataclass(frozen=True, slots=True)
class StoredExample:
    """An example as a label space holds it, without its vector and its image.

    Attributes:
        id: names it in moves and removals.
        label: the name of its class.
        text: None for an image or a bare vector.
        source: where it came from, empty if nobody said.
        has_image: whether it is an image; :meth:`View.image` returns it.
        since_version: the version from which on it stands under this class.
    """

    id: str
    label: str
    text: str | None
    source: str
    has_image: bool
    since_version: int


@dataclass(frozen=True, slots=True)
class Mode:
    """One of several prototypes of a class.

    Attributes:
        examples: how many examples of the class lie nearer to it than to the others.
        nearest: the id of the example that lies nearest to it.
    """

    examples: int
    nearest: str


@dataclass(frozen=True, slots=True)
class SpaceInfo:
    """What a label space is at one version.

    Attributes:
        path: of its file.
        version: number of the change that made it so.
        created_at: when the file was made, in ISO 8601.
        encoder: name or folder of its encoder, empty if it was given as an object.
        encoder_fingerprint: the encoder's identity.
        dim: length of its vectors.
        metric: cosine or euclidean.
        classes: how many classes answer.
        retired: how many are retired.
        examples: how many examples there are, those of retired classes included.
        head: what ranks: ``prototypes``, or ``refined`` weights.
        settings: those in force.
        calibration: the fitted calibration, or what gives each of several labels its chance, or why
            there is neither.
        modes: how many modes all classes have together; 0 where each has one prototype alone.
        mode_share: what part of a score is that of the nearest mode, in a class of many examples.
        levels: how many levels of classes can answer: 1 where no class stands under another.
        refusal: why every document is declined, or nearly every one; empty where it is not so.
        answered_strangers: the share of simulated strangers that the fitted threshold answers,
            where it is more than half; None where it is not so.
        unpromised: of which classes the target in force promises nothing; empty where of none.
    """

    path: str
    version: int
    created_at: str
    encoder: str
    encoder_fingerprint: str
    dim: int
    metric: Metric
    classes: int
    retired: int
    examples: int
    head: str
    settings: Settings
    calibration: Calibration | Shortage | LabelModel
    modes: int = 0
    mode_share: float = 0.0
    levels: int = 1
    refusal: str = ""
    answered_strangers: float | None = None
    unpromised: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it: settings as they are stored, by name."""
        record = asdict(replace(self, calibration=Shortage("")))  # arrays of outcomes stay here
        return record | {
            "settings": self.settings.rows(),
            "calibration": self.calibration.values(),
        }
