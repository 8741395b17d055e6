"""A preview of moving says which copied files leave the inbox, as the run does after it."""

from __future__ import annotations

from pathlib import Path

from commands import call

from protolabel import LabelSpace


def test_a_preview_says_how_many_copied_files_leave_the_inbox(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create("s.space", encoder="hashing", background=False) as space:
        space.add(["please pay the amount due", "I apply for work"], ["invoice", "job"])
    Path("in").mkdir()
    for name in ("a", "b"):
        Path(f"in/{name}.txt").write_text(f"please pay the amount of {name}")
    call("label", "s.space", "in", "--sort-into", "out")
    words = ("label", "s.space", "in", "--sort-into", "out", "--by", "move")
    preview = call(*words, "--preview")
    assert "2 files would be removed that an earlier run had copied" in preview.stderr
    assert sorted(path.name for path in Path("in").iterdir()) == ["a.txt", "b.txt"]
    assert "2 files removed that an earlier run had copied" in call(*words).stderr
    assert not list(Path("in").iterdir())
