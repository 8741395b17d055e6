"""The name of a class that came with characters that nobody sees: it is cleaned, and said so."""

from __future__ import annotations

import pytest
from commands import call, records

from protolabel.names import loses_invisible


@pytest.mark.parametrize("name", ["pa\u200byment", "\u202epayment", "pay\u00adment"])
def test_a_typed_name_is_cleaned_with_a_word(tmp_path, name):
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    stderr = call("describe", space, name, "what is paid").stderr
    assert "the class 'payment' came with characters that draw nothing" in stderr
    assert "draw nothing" in call("add", space, name, "--text", "pay the bill").stderr
    assert [one["name"] for one in records("classes", space, "--json")] == ["payment"]
    assert "draw nothing" not in call("add", space, "payment", "--text", "a bill").stderr


@pytest.mark.parametrize(
    "name", [" two  words ", "cafe\u0301", "\u0645\u06cc\u200c\u062e", "a\u00a0b"]
)
def test_what_can_be_seen_is_no_reason_for_a_word(name):
    assert not loses_invisible(name)
