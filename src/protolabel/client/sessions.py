"""The answers of the service about itself and the session of a page, as types."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class Session(TypedDict):
    """Whose session it is, its role, and the token that its changes must send.

    Documents of a smaller chance than ``review_below`` are to be looked at one by one.
    ``read_only``: the service refuses changes, whoever asks; the role is `label` at most then.
    """

    name: str
    role: Literal["read", "label", "curate", "admin"]
    csrf: str
    review_below: float
    read_only: bool


class Empty(TypedDict):
    """Nothing to say."""


class Status(TypedDict):
    """How the service is."""

    status: Literal["live", "ready"]
