"""What a class is known by where names that differ in spelling alone are one: in training.

A label space tells such names apart, and warns of them.
"""

from __future__ import annotations

from protolabel.copies.equality import folded
from protolabel.names import words_of


def class_key(name: str) -> str:
    """Return what a class is known by: its name without case, white space and punctuation style."""
    return folded(words_of(name) or name)
