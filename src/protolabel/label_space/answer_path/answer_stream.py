"""A stream of answers, which becomes arrays or a table when it is taken as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from protolabel.answers import Answer, Answers
from protolabel.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


class AnswerStream(Iterator[Answer]):
    """Answers as they come, in the order of the documents: taken once, in bounded memory."""

    def __init__(self, answers: Iterator[Answer | InputError]) -> None:
        self._answers = answers

    def __next__(self) -> Answer:
        """Return the next answer.

        Raises:
            InputError: the next document cannot be used; the stream ends here.
        """
        answer = next(self._answers)
        if isinstance(answer, InputError):
            self.close()
            raise answer
        return answer

    def close(self) -> None:
        """End the stream here: what was not taken is not answered."""
        close = getattr(self._answers, "close", None)
        if close is not None:
            close()

    def collected(self) -> Answers:
        """Return the rest of them as one record, with arrays."""
        return Answers(self)

    def to_frame(self) -> pd.DataFrame:
        """Return the rest of them as a pandas table, as :meth:`Answers.to_frame` does.

        Raises:
            ImportError: pandas is not installed.
        """
        return self.collected().to_frame()
