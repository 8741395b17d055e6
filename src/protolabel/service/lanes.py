"""What waits for the encoder: requests in two lanes, the short ones and the long ones.

Each lane has bounds of its own, so that long requests neither delay nor crowd out short ones. A
long request is answered in parts; between two parts the other long ones have their turn.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from protolabel.answers import Answer
from protolabel.errors import InputError
from protolabel.label_space.view import View
from protolabel.label_space.waiting_answers.answers_on_hold import AnswersOnHold
from protolabel.service.limits import Bounds
from protolabel.service.problems import Refusal
from protolabel.service.rough_tokens import document_tokens
from protolabel.types import Document
from protolabel.words.quantity import quantity

_FIRST_RATE = 10_000.0  # tokens a second, until one batch has been timed
_MEMORY = 0.8  # share of the earlier estimate in a new one


@dataclass(frozen=True, slots=True)
class Answering:
    """A view that answers, the mark of its version, and its answers that are held back."""

    view: View
    mark: str
    on_hold: AnswersOnHold | None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the documents of one request, and what answered them."""

    each: list[Answer | InputError]
    answering: Answering

    def answers(self) -> list[Answer]:
        """Return the answers of the request. Raises the InputError that refuses it."""
        answers: list[Answer] = []
        for outcome in self.each:
            if isinstance(outcome, InputError):
                raise outcome
            answers.append(outcome)
        return answers


@dataclass(slots=True, eq=False)
class WaitingRequest:
    """Documents that are answered by one version, and the answers so far.

    ``is_whole``: one bad document refuses all. ``is_remembered``: the answers are remembered, as
    the settings say. ``answering`` is set once a part of them has been answered.
    """

    documents: Sequence[Document]
    alternatives: int
    evidence: int
    is_whole: bool
    is_remembered: bool = True
    each: list[Answer | InputError] = field(default_factory=list)
    answering: Answering | None = None
    sizes: list[int] = field(init=False)
    outcomes: asyncio.Future[Outcomes] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def __post_init__(self) -> None:
        self.sizes = [document_tokens(document) for document in self.documents]

    @property
    def form(self) -> tuple[int, int, bool]:
        """How many classes and examples its answers have, and whether they are remembered."""
        return self.alternatives, self.evidence, self.is_remembered

    @property
    def is_refused(self) -> bool:
        """Whether a document that cannot be used has refused all."""
        return self.is_whole and any(isinstance(outcome, InputError) for outcome in self.each)

    @property
    def is_done(self) -> bool:
        """Whether no more of it is to be answered."""
        return len(self.each) == len(self.documents) or self.is_refused

    def next_part(self, most_tokens: int) -> Sequence[Document]:
        """Return the documents that are answered next: one at least, others within the bound."""
        start = end = len(self.each)
        tokens = 0
        while end < len(self.documents):
            tokens += self.sizes[end]
            if end > start and tokens > most_tokens:
                break
            end += 1
        return self.documents[start:end]


class Lane:
    """Requests that wait, in their order, and how much they are."""

    def __init__(self, bounds: Bounds) -> None:
        """Hold no request; ``bounds`` say how much may wait."""
        self.queue: deque[WaitingRequest] = deque()
        self.documents = self.tokens = 0  # without an answer, also those that are under way
        self.under_way = self.tokens_under_way = 0
        self._bounds, self._rate = bounds, _FIRST_RATE
        self._owed: dict[WaitingRequest, tuple[int, int]] = {}  # what each request counts for

    def add(self, request: WaitingRequest) -> None:
        """Let a request wait."""
        self.queue.append(request)
        self._owe(request, len(request.documents), sum(request.sizes))

    def has_room(self, request: WaitingRequest) -> bool:
        """Return whether a request may wait, too; where nothing waits, any may."""
        if not self.documents:
            return True
        documents = self.documents + len(request.documents)
        tokens = self.tokens + sum(request.sizes)
        return documents <= self._bounds.waiting and tokens <= self._bounds.waiting_tokens

    def refusal(self) -> Refusal:
        """Return what is said to a request for which there is no room."""
        seconds = max(1, round(self.tokens / self._rate))
        return Refusal(
            503,
            f"{quantity(self.documents, 'document')} of about {self.tokens:,} tokens wait already",
            expected=f"at most {self._bounds.waiting:,} of {self._bounds.waiting_tokens:,} tokens",
            remedy=f"send it again in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )

    def begin(self, batch: Sequence[WaitingRequest], parts: Sequence[Sequence[Document]]) -> int:
        """Count what is being answered now, and return how many tokens that is."""
        tokens = sum(
            sum(request.sizes[len(request.each) : len(request.each) + len(part)])
            for request, part in zip(batch, parts, strict=True)
        )
        self.under_way += sum(map(len, parts))
        self.tokens_under_way += tokens
        return tokens

    def end(self, documents: int, tokens: int, seconds: float) -> None:
        """Count a batch that has ended, and how fast it was."""
        rate = self.tokens_under_way / max(seconds, 1e-6)  # of all batches under way
        self._rate = _MEMORY * self._rate + (1 - _MEMORY) * rate
        self.under_way -= documents
        self.tokens_under_way -= tokens

    def put_back(self, request: WaitingRequest) -> None:
        """Let a request wait again, behind the others, for the documents that are left."""
        self.queue.append(request)
        n = len(request.each)
        self._owe(request, len(request.documents) - n, sum(request.sizes[n:]))

    def withdraw(self, request: WaitingRequest) -> None:
        """Take a request off the queue, if it waits there: its caller has left."""
        if request.outcomes.cancelled() and request in self.queue:
            self.queue.remove(request)
            self.leave(request)

    def leave(self, request: WaitingRequest) -> None:
        """Count a request no longer."""
        self._owe(request, 0, 0)
        del self._owed[request]

    def _owe(self, request: WaitingRequest, documents: int, tokens: int) -> None:
        before = self._owed.get(request, (0, 0))
        self._owed[request] = documents, tokens
        self.documents += documents - before[0]
        self.tokens += tokens - before[1]
