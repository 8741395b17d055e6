"""Training of encoders by episodes: the only part of protolabel that loads torch.

``pip install 'protolabel[train]'`` brings what it needs. Nothing else imports it until it is asked
for.
"""

from __future__ import annotations

from protolabel.episodes.scenario import Scenario
from protolabel.training.data.past import Past, past_of, read_past
from protolabel.training.learners.augment import Augmentation
from protolabel.training.loop.recipe import Recipe
from protolabel.training.train import Trained, train

__all__ = ["Augmentation", "Past", "Recipe", "Scenario", "Trained", "past_of", "read_past", "train"]
