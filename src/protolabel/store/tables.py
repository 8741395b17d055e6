"""The readers of one label space file, over one connection: each reads tables of its own."""

from __future__ import annotations

from dataclasses import dataclass

from protolabel.store.answer_rows import AnswerRows
from protolabel.store.classes import Classes
from protolabel.store.connection import Connection
from protolabel.store.encodings import Encodings
from protolabel.store.examples import Examples
from protolabel.store.fits import FitRows
from protolabel.store.items import Items
from protolabel.store.log import Log
from protolabel.store.negatives import Negatives
from protolabel.store.proposal_rows import ProposalRows
from protolabel.store.statement_moments import StatementMoments
from protolabel.store.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Tables:
    """What one file holds, by table. Inside this package only: it has the connection."""

    connection: Connection
    log: Log
    encodings: Encodings
    items: Items
    classes: Classes
    examples: Examples
    negatives: Negatives
    statements: StatementMoments
    vectors: Vectors
    fits: FitRows
    answers: AnswerRows
    proposals: ProposalRows

    @classmethod
    def of(cls, connection: Connection) -> Tables:
        """Return the readers of the file that a connection is open to."""
        log, encodings, examples = Log(connection), Encodings(connection), Examples(connection)
        return cls(
            connection=connection,
            log=log,
            encodings=encodings,
            items=Items(connection),
            classes=Classes(connection),
            examples=examples,
            negatives=Negatives(connection, encodings),
            statements=StatementMoments(connection),
            vectors=Vectors(connection, log, encodings, examples),
            fits=FitRows(connection),
            answers=AnswerRows(connection),
            proposals=ProposalRows(connection),
        )
