"""Training of encoders by episodes: the only part of protolabel that loads torch.

``pip install 'protolabel[train]'`` installs what it needs. Nothing else imports it before its first
use.
"""

from __future__ import annotations

from protolabel.episodes.scenario import Scenario
from protolabel.training.adapt import ADAPTING, Adapted, adapt
from protolabel.training.data.class_split import SplitPlan
from protolabel.training.data.past import Past, past_of
from protolabel.training.data.reading import read_past, read_unlabelled
from protolabel.training.judgement import Gain
from protolabel.training.learners.augment import Augmentation
from protolabel.training.loop.recipe import Recipe
from protolabel.training.network import Network
from protolabel.training.outcome import Trained
from protolabel.training.train import RunOptions, train

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
