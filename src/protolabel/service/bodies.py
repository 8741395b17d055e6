"""The bodies of requests and answers, as schemas: what is sent is checked against them.

The OpenAPI document is made from them. What a document or a change may be is the library's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from protolabel.arithmetic.passages import Pooling
from protolabel.images import from_data_address
from protolabel.label_space.changes import REQUESTS
from protolabel.open_world.discovery import LEAST
from protolabel.service import limits
from protolabel.service.limits import Bounds
from protolabel.types import Document


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)


ClassName = Annotated[str, Field(min_length=1, max_length=limits.NAME)]


class DocumentBody(_Strict):
    """A document: a text, an image as a ``data:`` address, or an embedding."""

    id: str = Field("", max_length=limits.ID, description="Names the document in its answer.")
    text: str | None = None
    image: str | None = Field(None, description="data:image/png;base64,... or image/jpeg")
    embedding: list[float] | None = Field(None, max_length=limits.DIMENSIONS)
    source: str = Field("", max_length=limits.PLACE, description="Where it came from.")
    message_path: str = Field(
        "",
        max_length=limits.PLACE,
        description="Of a document of a mailbox, what `read` said: it is known by that wherever "
        "its message stands.",
    )

    def document(self, position: int) -> Document:
        """Return it as the library takes it; one without id is named by its position."""
        return Document(
            self.id or str(position),
            self.text,
            None if self.embedding is None else np.array(self.embedding, dtype=np.float32),
            self.source,
            None if self.image is None else from_data_address(self.image),
            has_own_id=bool(self.id),
            message_path=self.message_path,
            folder="",
        )


class LabelBody(_Strict):
    """Documents to label."""

    documents: list[DocumentBody] = Field(min_length=1)
    alternatives: int = Field(
        5, ge=0, le=limits.ALTERNATIVES, description="How many classes an answer ranks."
    )
    evidence: int = Field(
        3, ge=0, le=limits.EVIDENCE, description="How many nearest examples it shows."
    )

    def to_documents(self, bounds: Bounds) -> list[Document]:
        """Return them as the library takes them. Raises Refusal (413) beyond the bounds."""
        bounds.check_count(len(self.documents))
        documents = [one.document(i) for i, one in enumerate(self.documents)]
        bounds.check_documents(documents)
        return documents


if TYPE_CHECKING:
    ChangeKind = str
else:
    ChangeKind = Literal[tuple(kind for kind, one in REQUESTS.items() if one.over_http)]


class ChangeBody(BaseModel):
    """A change: its kind, and the fields of that kind."""

    model_config = ConfigDict(extra="allow")
    kind: ChangeKind

    @field_validator("kind", mode="before")
    @classmethod
    def _of_command(cls, kind: object) -> object:
        """Take the name of the command for the kind of the change, where they differ."""
        return "restore" if kind == "unretire" else kind


class SeenBody(_Strict):
    """What somebody saw decided on a document; nothing where nobody had decided on it."""

    labels: list[ClassName] = Field(
        default_factory=list, max_length=limits.NAMES, description="Those that a person gave it."
    )
    refused: list[ClassName] = Field(
        default_factory=list, max_length=limits.NAMES, description="As the inbox lists them."
    )


AsSeen = Annotated[
    dict[str, SeenBody],
    Field(
        default_factory=dict,
        max_length=limits.DECISIONS,
        description="What the person saw decided, by the keys of remembered documents. If "
        "somebody has decided otherwise on one of them since, nothing is changed (409).",
    ),
]


class SeenChangeBody(ChangeBody):
    """A change, and what its sender saw decided on the documents that it is about."""

    as_seen: AsSeen


class DecisionsBody(_Strict):
    """Remembered documents by their keys, and the class that each has, or its several labels.

    An empty list says that a document is of none of the classes; then each has one.
    """

    labels: dict[str, str | list[str]] = Field(min_length=1, max_length=limits.DECISIONS)
    as_seen: AsSeen


class JobBody(_Strict):
    """Long work: a change, decisions, proposals of classes, or fits that answers wait for."""

    kind: Literal["change", "decide", "discover", "settle"]
    change: SeenChangeBody | None = Field(None, description="For the kind change alone.")
    decisions: DecisionsBody | None = Field(None, description="For the kind decide alone.")
    least: int = Field(LEAST, ge=2, le=limits.SMALLEST, description="For discover, as there.")
    refined: bool = Field(True, description="For settle, as there.")

    @model_validator(mode="after")
    def _one_kind(self) -> JobBody:
        for field, kind in (("change", "change"), ("decisions", "decide")):
            if (getattr(self, field) is not None) != (self.kind == kind):
                raise ValueError(f"the field {field} belongs to the kind {kind}, and to no other")
        return self


class ReencodeBody(_Strict):
    """The encoder, or the pooling of passages, that a label space moves to."""

    encoder: str | None = Field(None, max_length=limits.PLACE)
    pooling: Pooling | None = None
    only_if_better: bool = Field(False, description="Beyond chance, on the own examples.")


class ExplainBody(_Strict):
    """A document to explain."""

    document: DocumentBody
    evidence: int = Field(
        5, ge=0, le=limits.EVIDENCE, description="How many nearest examples it shows."
    )


class UndoBody(_Strict):
    """The change that is to be taken back, and the remembered documents that it decided."""

    version: int | None = Field(None, ge=1, description="None: only what was decided on ``keys``.")
    mark: str = Field("", max_length=16, description="That of the change; empty: not known.")
    keys: list[str] = Field([], max_length=limits.DECISIONS)
    examples: Literal["all"] | list[str] | None = Field(
        None,
        description="Ids of the examples, negative ones too, that are removed with what was "
        "decided on ``keys``, as one change; ``all``: those that are equal to these documents.",
    )
    as_seen: AsSeen


class _NamedDocument(_Strict):
    """A document that the label space knows, by its name."""

    document: str = Field(
        min_length=1,
        max_length=limits.PLACE,
        description="The id, source or file name of an example or of a remembered document.",
    )


class CorrectionBody(_NamedDocument):
    """A document that the label space knows, by its name, and the class or classes it has."""

    to: ClassName | list[ClassName] = Field(description="A list where documents may have several.")
    as_seen: AsSeen


class RefutationBody(_NamedDocument):
    """A document that the label space knows, by its name, and the classes that it is not of."""

    label: ClassName | list[ClassName] = Field(description="A class that is there, or several.")
    as_seen: AsSeen


class SuggestionBody(_Strict):
    """A suggestion that a person decided on: the document, and the class that was suggested."""

    key: str = Field(min_length=8, max_length=limits.NAME)
    label: str = Field(max_length=limits.NAME)


class SuggestionsBody(_Strict):
    """Suggestions to dismiss."""

    suggestions: list[SuggestionBody] = Field(min_length=1, max_length=limits.NAMES)


class AcceptBody(SuggestionsBody):
    """Suggestions to accept."""

    as_examples: bool = Field(False, description="Add the documents to these classes, too.")


class ProposalBody(_Strict):
    """The class that a proposal becomes."""

    name: str = Field(min_length=1, max_length=limits.NAME)
    description: str | None = Field(None, max_length=limits.DESCRIPTION)
    leave_out: list[str] = Field(
        default_factory=list,
        max_length=limits.NAMES,
        description="Keys of its documents that are not of this class: it is refused for them.",
    )
    pass_over: list[str] = Field(
        default_factory=list,
        max_length=limits.NAMES,
        description="Keys of its documents on which nothing is decided.",
    )
    texts: dict[str, str] = Field(
        default_factory=dict,
        max_length=limits.MEMBERS,
        description="Texts of its documents by their keys, where the label space keeps none.",
    )


class DiscoverBody(_Strict):
    """How the remembered documents that are declined are grouped."""

    least: int | None = Field(
        None, ge=2, le=limits.SMALLEST, description="Different documents of the smallest one."
    )


class NamesBody(_Strict):
    """Remembered documents by key, id or source; or all of them."""

    names: list[Annotated[str, Field(min_length=1, max_length=limits.PLACE)]] = Field(
        default_factory=list, max_length=limits.NAMES
    )
    all: bool = False


class RememberBody(_Strict):
    """What may be remembered of documents that are answered, and of how many."""

    what: Literal["off", "answers", "text"] | None = None
    most: int | None = Field(None, ge=0)


class ChoiceQuestion(BaseModel):
    """A question whose options are classes. What else a program sends with it is not read."""

    model_config = ConfigDict(extra="ignore")
    type: Literal["choice"]
    criteria: dict[ClassName, Any] = Field(
        min_length=1, max_length=limits.OPTIONS, description="Options; their values are not read."
    )


class SystemOneBody(BaseModel):
    """A state, and questions about it, as programs send them to hosted decision models."""

    model_config = ConfigDict(extra="ignore")
    model: str = Field("", max_length=limits.NAME, description="The label space.")
    state: str | dict[str, Any] | list[Any]
    questions: dict[ClassName, ChoiceQuestion] = Field(min_length=1, max_length=limits.QUESTIONS)


class SessionBody(_Strict):
    """A key, for a session of the page."""

    key: str = Field(max_length=limits.NAME)
