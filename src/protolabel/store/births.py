"""The SQL conditions of births and deaths: which rows are alive at a version. Runs no query."""

from __future__ import annotations


def alive(table: str = "") -> str:
    """Return the condition that a row of a table, by its alias, is alive at version ``:v``."""
    row = f"{table}." if table else ""
    return f"{row}born <= :v AND ({row}died IS NULL OR {row}died > :v)"


ALIVE = alive()
# What a change of encoding must carry over: what examples, negative ones and descriptions say now.
LIVING_ITEMS = """SELECT item FROM examples WHERE died IS NULL
    UNION SELECT item FROM negatives WHERE died IS NULL
    UNION SELECT description FROM classes WHERE died IS NULL AND description IS NOT NULL"""
