"""The bounds of requests: what one may hold, and what all of them may ask for together.

How long a stop or an earlier sending is waited for stands in ``server`` and ``acts``; how a refusal
is written, in ``replies``; who may ask, in ``access``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from protolabel.client.requests import LINES
from protolabel.names import LONGEST
from protolabel.service.problems import Refusal
from protolabel.service.rough_tokens import rough_tokens
from protolabel.types import Document
from protolabel.words.quantity import quantity

STREAM = LINES

# Lengths in characters.
NAME = LONGEST  # a class; a label space and a key, too
ID = 1000  # a document's
PLACE = 4000  # a source, or a name that may be one
DESCRIPTION = 10_000
FILE_NAME = 255
TITLE = 80  # that a map shows of a document
PROPOSAL = 20
JOB = 40
IDEMPOTENCY_KEY = 200
IF_MATCH = 40

# Entries in a body.
DIMENSIONS = 65_536
DECISIONS = 5000
NAMES = 10_000
QUESTIONS = 64
OPTIONS = 255  # of a question

# Counts that a request may ask for.
ALTERNATIVES = 1000
EVIDENCE = 50
PAGE = 1000
INBOX = 5000
MAP = 50_000
SMALLEST = 1_000_000  # documents of the smallest proposal
MEMBERS = 100  # documents of a proposal that an answer lists
EXCERPT = 200  # characters of a text that a list shows

SpaceName = Annotated[str, Field(max_length=NAME)]
ClassName = Annotated[str, Query(min_length=1, max_length=NAME)]
FileName = Annotated[str, Query(min_length=1, max_length=FILE_NAME, description="The file's name.")]
ProposalKey = Annotated[str, Field(max_length=PROPOSAL)]
JobName = Annotated[str, Field(max_length=JOB)]
DocumentKey = Annotated[str, Field(max_length=NAME)]
Alternatives = Annotated[int, Query(ge=0, le=ALTERNATIVES)]
EvidenceCount = Annotated[int, Query(ge=0, le=EVIDENCE)]
PageLimit = Annotated[int, Query(ge=1, le=PAGE)]
InboxLimit = Annotated[int, Query(ge=1, le=INBOX)]
MapLimit = Annotated[int, Query(ge=1, le=MAP)]
Start = Annotated[int, Query(ge=0, le=2**53)]
Least = Annotated[
    int, Query(ge=2, le=SMALLEST, description="Different documents of the smallest one.")
]
FalseAlarmIn = Annotated[
    int | None, Query(ge=1, le=10**12, description="Documents in which one false alarm may come.")
]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one request, and all requests together, may ask for.

    Attributes:
        body_bytes: of the body of a request.
        documents: in the body of one request; a stream may have more.
        waiting: documents that wait for the encoder, of short requests and again of long ones;
            more are refused with 503.
        waiting_tokens: about how many tokens these documents have.
        batch: documents that are encoded together.
        batch_tokens: of the texts that are encoded together; a longer one is alone. A request of
            more is long, and is answered in parts.
        text_characters: of one text.
        text_tokens: about how many tokens one text has.
        files: files that are read at once; others wait.
        files_waiting: files that wait to be read or are being read; more are refused with 503.
        sign_in_bytes: of the body with which somebody signs in, who has shown no key yet.
        stream_batch: lines of a stream that are answered together.
        stream_seconds: for which lines of a stream wait for room; then each is answered with 503.
        fit_seconds: for which documents wait for the fits of the version that answers them; then
            they are answered without.
        head_bytes: of the headers of a request.
        head_seconds: for which a connection may wait for headers, or for the rest of them.
        body_seconds: for which a body may pause.
        line_bytes: of one line of a stream.
        jobs: long work that this process does at once; one of a label space in any case.
        jobs_waiting: jobs of a label space that wait beside the one that runs.
        followed_files: of a followed folder; others are not looked at.
        requests_a_minute: of one key or, without keys, of one address; 0 for no limit.
    """

    body_bytes: int = 32 * 2**20
    documents: int = 1024
    waiting: int = 4096
    waiting_tokens: int = 500_000
    batch: int = 256
    batch_tokens: int = 32_768
    text_characters: int = 1_000_000
    text_tokens: int = 400_000
    files: int = 2
    files_waiting: int = 32
    sign_in_bytes: int = 8 * 1024
    stream_batch: int = 64
    stream_seconds: float = 60.0
    fit_seconds: float = 2.0
    head_bytes: int = 64 * 2**10
    head_seconds: float = 60.0
    body_seconds: float = 60.0
    line_bytes: int = 8 * 2**20
    jobs: int = 2
    jobs_waiting: int = 8
    followed_files: int = 100_000
    requests_a_minute: int = 0

    def check_count(self, n: int) -> None:
        """Raise Refusal (413) for more documents than one request may have."""
        if n > self.documents:
            raise Refusal(
                413,
                quantity(n, "document"),
                expected=f"at most {self.documents:,} in one request",
                remedy=f"send them as a stream of {STREAM}",
            )

    def check_documents(self, documents: Sequence[Document]) -> None:
        """Raise Refusal (413) for a text that would hold up all others."""
        for document in documents:
            self._check_text(document.text or "")

    def check_texts(self, texts: Iterable[str]) -> None:
        """Raise Refusal (413) for a text that would hold up all others."""
        for text in texts:
            self._check_text(text)

    def check_change(self, change: Any) -> None:
        """Raise Refusal (413) for a text in a change that would hold up all others.

        Args:
            change: the fields of the change, as JSON has them.
        """
        parts = [change]
        while parts:
            part = parts.pop()
            if isinstance(part, str):
                self._check_text(part)
            elif isinstance(part, dict):
                parts.extend(value for name, value in part.items() if name != "image")
            elif isinstance(part, list):
                parts.extend(part)

    def _check_text(self, text: str) -> None:
        n_tokens = rough_tokens(text)
        if len(text) <= self.text_characters and n_tokens <= self.text_tokens:
            return
        most = f"{self.text_characters:,} characters and about {self.text_tokens:,} tokens"
        raise Refusal(
            413,
            f"a text of {len(text):,} characters, about {n_tokens:,} tokens",
            expected=f"at most {most}",
            remedy="send it in parts, or label it with the command line",
        )
