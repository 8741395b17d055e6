"""The client: everything that a program can ask a service about one label space."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from protolabel.client.curation import Curation
from protolabel.client.labelling import Labelling
from protolabel.client.work import Work


class Client(Labelling, Curation, Work):
    """Asks a service about one label space; errors are :class:`ServiceError`.

    Answers are plain dictionaries, with types. A request that finds the service busy is sent again
    after the pause that the service asks for. So is one whose answer is lost, where that does
    nothing twice; of any other, the error says that it may have been carried out. What cannot be
    sent is an :class:`InputError`, and nothing is sent.
    """

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()
