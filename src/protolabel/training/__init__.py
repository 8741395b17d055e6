"""Training of encoders by episodes: the only part of protolabel that loads torch.

``pip install 'protolabel[train]'`` installs what it needs. Nothing else imports it before its first
use.
"""

from __future__ import annotations

from protolabel.system.extras import require

require("train", "training", "torch", "transformers", "peft")

from protolabel.episodes.scenario import Scenario  # noqa: E402
from protolabel.training.adapt import ADAPTING, Adapted, adapt  # noqa: E402
from protolabel.training.data.class_split import SplitPlan  # noqa: E402
from protolabel.training.data.past import Past, past_of  # noqa: E402
from protolabel.training.data.reading import read_past, read_unlabelled  # noqa: E402
from protolabel.training.gain import Gain  # noqa: E402
from protolabel.training.learners.augment import Augmentation  # noqa: E402
from protolabel.training.loop.recipe import Recipe  # noqa: E402
from protolabel.training.network import Network  # noqa: E402
from protolabel.training.outcome import Trained  # noqa: E402
from protolabel.training.train import RunOptions, train  # noqa: E402

__all__ = [
    "ADAPTING",
    "Adapted",
    "Augmentation",
    "Gain",
    "Network",
    "Past",
    "Recipe",
    "RunOptions",
    "Scenario",
    "SplitPlan",
    "Trained",
    "adapt",
    "past_of",
    "read_past",
    "read_unlabelled",
    "train",
]
