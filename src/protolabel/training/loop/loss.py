"""The loss of an episode: equations 1 to 3 and algorithm 1 of Snell et al. 2017, in torch.

Squared Euclidean distance or cosine, with a learned temperature; a description weighs a learned
kappa; a query that belongs to no class of the episode (a stranger) is given to one class more,
whose score is learned. Knows nothing of documents, encoders or optimisers.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from protolabel.arithmetic.temperature import UNFITTED_TEMPERATURE
from protolabel.arrays import Metric
from protolabel.episodes.sampler import Episode, turns

FIRST_TEMPERATURE = {"cosine": UNFITTED_TEMPERATURE, "euclidean": 1.0}
FIRST_STRANGER = {"cosine": 0.4, "euclidean": -20.0}


class EpisodeLoss(nn.Module):
    """-log p(true class | query), averaged over the queries of an episode; lower is better.

    ``learn_temperature=False`` keeps the paper's T = 1 for squared Euclidean distance.
    """

    def __init__(
        self,
        metric: Metric,
        *,
        temperature: float | None = None,
        kappa: float = 1.0,
        learn_temperature: bool = True,
    ) -> None:
        super().__init__()
        first = FIRST_TEMPERATURE[metric] if temperature is None else temperature
        self.metric: Metric = metric
        self.log_temperature = nn.Parameter(
            torch.tensor(math.log(first)), requires_grad=learn_temperature
        )
        self.log_kappa = nn.Parameter(torch.tensor(math.log(kappa)))
        self.stranger = nn.Parameter(torch.tensor(FIRST_STRANGER[metric]))

    @property
    def kappa(self) -> float:
        """Learned weight of a description, in examples."""
        return float(self.log_kappa.detach().exp())

    @property
    def temperature(self) -> float:
        """What scores are divided by before the softmax."""
        return float(self.log_temperature.detach().exp())

    def prototypes(self, episode: Episode, support: Tensor, descriptions: Tensor | None) -> Tensor:
        """Return prototypes: equation 3, and equation 1 where the episode has no descriptions.

        *Shape:* support ``(s, d)``, descriptions ``(way, d)`` or None -> ``(way, d)``.
        """
        place = torch.from_numpy(episode.support_class).to(support.device)
        counts = torch.bincount(place, minlength=episode.n_way).to(support.dtype)
        total = support.new_zeros(episode.n_way, support.shape[1]).index_add(0, place, support)
        if descriptions is not None:
            kappa = self.log_kappa.exp()
            total, counts = total + kappa * descriptions, counts + kappa
        return total / counts[:, None]

    def scores(self, queries: Tensor, centres: Tensor) -> Tensor:
        """Return scores; higher is nearer. *Shape:* ``(q, d)``, ``(way, d)`` -> ``(q, way)``.

        euclidean: -|x - c|^2, written out as equation 8 has it. cosine: of x and c.
        """
        if self.metric == "cosine":
            return functional.normalize(queries, dim=1) @ functional.normalize(centres, dim=1).T
        origin = centres.detach().mean(0)  # products lose digits far from the origin
        queries, centres = queries - origin, centres - origin
        squares = queries.square().sum(1, keepdim=True) + centres.square().sum(1)
        return 2 * queries @ centres.T - squares

    def forward(
        self, episode: Episode, support: Tensor, queries: Tensor, descriptions: Tensor | None
    ) -> tuple[Tensor, float]:
        """Return the loss of an episode, and the share of its queries that were answered rightly.

        *Shape:* support ``(s, d)``, queries ``(q, d)``, descriptions ``(way, d)`` or None.
        """
        scores = self.scores(queries, self.prototypes(episode, support, descriptions))
        target = torch.from_numpy(episode.query_class).to(scores.device)
        strange = target < 0
        if bool(strange.any()):
            scores = torch.cat([scores, self.stranger.expand(len(scores), 1)], dim=1)
            target = torch.where(strange, episode.n_way, target)
        loss = functional.cross_entropy(scores * torch.exp(-self.log_temperature), target)
        right = float((scores.detach().argmax(1) == target).float().mean())
        return loss, right

    def in_turns(
        self, episode: Episode, support: Tensor, queries: Tensor, descriptions: Tensor | None
    ) -> tuple[Tensor, float]:
        """Return the mean of :meth:`forward` over the turns of an episode (:func:`sampler.turns`).

        The same embeddings are compared in more ways, at next to no cost.
        """
        documents = torch.cat([support, queries])
        answers = []
        for turned, rows in turns(episode):
            sizes = [len(turned.support), len(turned.query)]
            parts = torch.split(documents[torch.from_numpy(rows)], sizes)
            answers.append(self(turned, *parts, descriptions))
        losses, rights = zip(*answers, strict=True)
        return torch.stack(losses).mean(), sum(rights) / len(rights)
