"""The methods of the client, with arguments that each can be called with."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from protolabel.client import Client

KEY = "0123456789abcdef"
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "label": (["pay"],),
    "label_many": (["pay"],),
    "label_file": ("a.txt", b"pay"),
    "explain": ("pay",),
    "read": ("a.txt", b"pay"),
    "system_one": ("pay", {"kind": {"type": "choice", "criteria": {"cv": None}}}),
    "put": (["pay"],),
    "search": ("pay",),
    "document": (KEY,),
    "decide": ({KEY: "cv"},),
    "undo": (None, [KEY]),
    "accept": ({KEY: "cv"},),
    "dismiss": ({KEY: "cv"},),
    "reconsider": ([KEY],),
    "forget": (None,),
    "remember": ("text",),
    "examples": ("cv",),
    "moved": (2,),
    "change": ("undo",),
    "preview": ("undo",),
    "correct": ("e1", "cv"),
    "refute": ("e1", "cv"),
    "accept_proposal": ("P1", "memo"),
    "preview_correction": ("e1", "cv"),
    "preview_proposal": ("P1", "memo"),
    "refuse_proposal": ("P1",),
    "reconsider_proposal": ("P1",),
    "start": ("settle",),
    "import_file": ("a.csv", b"text,label"),
    "job": (KEY,),
    "follow": (KEY,),
    "cancel": (KEY,),
}


def methods() -> dict[str, Callable[..., Any]]:
    """Return the methods that ask a service, by name."""
    return {
        name: one
        for name, one in inspect.getmembers(Client, inspect.isfunction)
        if not name.startswith("_") and name != "close"
    }
