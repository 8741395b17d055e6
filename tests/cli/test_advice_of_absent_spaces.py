"""The advice of errors about a label space that was left out, or that is not there, works."""

from __future__ import annotations

import shlex

import pytest
from advice import Cases, Desk
from commands import call

from protolabel import LabelSpace

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def with_space(d: Desk, advice: str) -> str:
    return advice.replace("SPACE", shlex.quote(str(d.space)))


@CASES.of("protolabel {} SPACE {}; or check the path {}")
def a_class_with_a_dot_in_the_place_of_the_space(d: Desk) -> None:
    command = ("describe", "Node.js", "a runtime for programs")
    advice, _, check = d.refused(*command, code=5).partition("; or ")
    d.obeyed(with_space(d, advice))
    assert "a runtime for programs" in call("show", d.space, "Node.js").stdout
    assert check == "check the path Node.js"
    for words in (("show", "Node.js"), ("rename", "Node.js", "Deno"), ("retire", "Deno.js")):
        call("add", d.space, words[1], "--new", "--text", "code")
        d.obeyed(with_space(d, d.refused(*words, code=5).partition("; or ")[0]))


@CASES.of("check the path {}; if it is a document's: {}")
def a_document_that_is_not_there_in_the_place_of_the_space(d: Desk) -> None:
    advice = d.refused("label", "sub/nix.txt", code=5).partition("if it is a document's: ")[2]
    d.file("sub/nix.txt", "please pay the bill")
    d.obeyed(with_space(d, advice))


@CASES.of(
    "protolabel {} SPACE",
    "protolabel {} SPACE; to go back to a version: protolabel return SPACE {}",
)
def a_number_in_the_place_of_the_space(d: Desk) -> None:
    version = LabelSpace(d.space, background=False).version
    call("add", d.space, "cv", "--text", "my papers")
    for command in ("undo", "redo"):
        d.obeyed(with_space(d, d.refused(command, version, code=5)))
    advice = d.refused("undo", version, code=5).partition("to go back to a version: ")[2]
    assert f"returned to version {version}" in d.obeyed(with_space(d, advice))
    d.obeyed(with_space(d, d.refused("history", version, code=5)))


@CASES.of("bring {} back, or remove the link: rm {}")
def a_link_that_leads_nowhere(d: Desk) -> None:
    (d.folder / "my link.space").symlink_to("gone.space")
    for command in (("init", "my link.space", "--encoder", "hashing"), ("classes", "my link.space"),
                    ("label", "my link.space"), ("label", "my link.space", d.space)):  # fmt: skip
        error = call(*command, code=5).stderr
        assert "my link.space is a link to gone.space, which is not there" in " ".join(
            error.split()
        )
    d.raised(lambda: LabelSpace("my link.space", background=False))
    d.raised(lambda: LabelSpace.create("my link.space", encoder="hashing", background=False))
    d.space.rename(d.folder / "gone.space")
    assert "invoice" in call("classes", "my link.space").stdout
    (d.folder / "gone.space").rename(d.space)
    d.in_a_shell(d.refused("init", "my link.space", "--encoder", "hashing", code=5), "rm")
    call("init", "my link.space", "--encoder", "hashing")
