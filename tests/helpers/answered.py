"""A label space of the command line that has answered documents."""

from __future__ import annotations

from pathlib import Path

from commands import call


def answered_space(tmp_path: Path) -> Path:
    """Make a label space at version 5 that has labelled the three documents of ``inbox/``."""
    path = tmp_path / "mail.space"
    call("init", path, "--encoder", "hashing")
    for label, text in (
        ("invoice", "please pay the amount due"),
        ("invoice", "the amount of this bill is due"),
        ("cv", "my work and my studies so far"),
        ("cv", "languages, work, references"),
    ):
        call("add", path, label, "--text", text)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for i, text in enumerate(
        ["pay the amount due now", "second reminder: amount overdue", "my work so far"]
    ):
        (inbox / f"{i}.txt").write_text(text)
    call("label", path, inbox)
    return path
