"""No message to somebody at the command line names an argument, a method or a class of Python.

The library writes ``out=``; ``cli/option_names.py`` makes ``--out`` of it. What it cannot translate
has words of its own for the command line (``command=`` of an error), or no command meets it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import call, records

import protolabel
from protolabel.cli.option_names import door_message, option_names, with_options
from protolabel.errors import InputError

SOURCE = Path(protolabel.__file__).parent
OTHER_DOORS = ("client/", "estimator/", "service/")  # they have words of their own
OF_PYTHON = {  # modules whose advice is about objects of Python, which no command hands over
    "connectors/cell_labels.py", "connectors/datasets.py", "columns/data_frames.py",
    "encoders/checked_output.py", "label_space/answer_path/many_documents.py",
    "readers/sources.py", "system/forks.py",
}  # fmt: skip
PYTHON = re.compile(
    r"(?<![\w.=-])[a-z_]+=(?=$|[\s),;:'{]|True|False|None)"  # an argument
    r"|\b(?:LabelSpace|Document|Example)\b[.(]|\.\w+\(|\bstr\(|(?<!\w)\w+\(\)"  # a call
)
_ELSEWHERE = "has words for a terminal beside it"
_METHOD = "is refused by a method of Python that no command calls so"
_NO_MESSAGE = "is part of a fingerprint, of SQL, or the name of a row in the file"
_OBJECT = "takes an object of Python, which no command hands over"
_SETTLED = "commands wait for these fits"
_TRANSLATED = "is translated with its value, such as text_field="
_TOOL = "names the call of another tool, which has no command"
_BY_REASON = {
    _ELSEWHERE: (
        "read it again as UTF-8, or replace it: text.encode('utf-8', 'replace').decode('utf-8')",
        "of a file name whose bytes are no UTF-8, replace them: "
        "os.fsencode(name).decode('utf-8', 'backslashreplace')",
        "if it is the text of a document, swap the two: Example(label, text), add(text, label)",
        "; or give a Document(id, text)",
    ),
    _METHOD: (
        "to add it to its class: LabelSpace.add(example)",
        "Example(label, text), or add(texts, labels)",
        "{}: negative={}",
        "to lift them to the top, use lift()",
        "the class that each document has; refute() says what it is not",
        "what View.export() yields, or a list of it",
        "negative examples, Example(label, text, negative=True); correct() says which class a "
        "document has",
        "open it with that encoder, or open it without one and move it: "
        "LabelSpace.reencode(encoder), with a fingerprint of its own",
        "compare the two encoders instead: LabelSpace.compare(encoder)",
        "open it again: LabelSpace({})",
        "open it here: LabelSpace(path)",
    ),
    _NO_MESSAGE: ("unknown_label={} in a label space file",),
    _OBJECT: (
        "decode it: .decode('utf-8')",
        'drop empty rows first, as table.dropna(subset=["text"]) does',
        'give each a label, or drop rows without: table.dropna(subset=["label"])',
        "give it as a text: str(value)",
        "give its .values(), or Document(id=key, text=value) of each",
        "for embeddings: Document(id, embedding=row) of each row",
        "read the file: Path(...).read_bytes()",
        "a list of Example(label, text)",
        "an Example(label, text)",
    ),
    _SETTLED: (
        "{}: the prototypes answer while the refined ranking is fitted in the background; "
        "LabelSpace.settle() waits until it is",
        "version {version} is not calibrated yet; LabelSpace.settle() calibrates it",
        "version {version} is being calibrated in the background; LabelSpace.settle() waits until "
        "it is",
    ),
    _TRANSLATED: ("say which one is the {} field ({}_field=)",),
    _TOOL: (
        "save it again with `SentenceTransformer(...).save(folder, safe_serialization=True)`, or "
        "pick a model that carries model.safetensors",
        "merge the adapter into the weights (`model.merge_and_unload()` of peft) and save them; "
        "or, if the adapter is not meant, take its files out of the folder",
        "write it with numpy.save(path, array.astype('float32'))",
    ),
}
EXCUSED = {template for templates in _BY_REASON.values() for template in templates}


def test_no_message_that_a_command_can_print_has_words_of_python():
    leftovers = {}
    for path in modules_of_the_command_line():
        name = str(path.relative_to(SOURCE))
        for template in templates(path) if name not in OF_PYTHON else ():
            if PYTHON.search(with_options(template)):
                leftovers[template] = name
    missing = set(leftovers) - EXCUSED
    assert not missing, "\n".join(
        f"{leftovers[template]}: {template}" for template in sorted(missing)
    )
    assert set(leftovers) >= EXCUSED, f"excused for nothing: {EXCUSED - set(leftovers)}"


def modules_of_the_command_line() -> list[Path]:
    """Return the modules that commands import, also those that functions of them import."""
    modules: set[Path] = set()
    waiting = sorted((SOURCE / "cli").glob("*.py"))
    while waiting:
        path = waiting.pop()
        name = str(path.relative_to(SOURCE))
        if path in modules or name.startswith(OTHER_DOORS):
            continue
        modules.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for name in (node.module, *(f"{node.module}.{n.name}" for n in node.names)):
                    waiting.extend(_files_of(name))
    return sorted(modules)


def _files_of(name: str) -> list[Path]:
    where = SOURCE.parent.joinpath(*name.split("."))
    return [p for p in (where.with_suffix(".py"), where / "__init__.py") if p.is_file()]


def templates(path: Path) -> Iterator[str]:
    """Yield the sentences of a module, ``{}`` for each value, without those for Python alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    others: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            others.add(id(node.value))  # a docstring
        if isinstance(node, ast.Call):
            words = {keyword.arg: keyword.value for keyword in node.keywords}
            if "remedy" in words and "command" in words:
                others |= {id(part) for part in ast.walk(words["remedy"])}
        if isinstance(node, ast.JoinedStr):
            others |= {id(part) for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) in others:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                part.value if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if " " in text and "\n" not in text and not text.lstrip().startswith("<"):
            yield text


def test_what_evaluate_notes_names_options_in_json_and_on_the_page(tmp_path):
    data = tmp_path / "data.jsonl"
    rows = [{"text": f"{c} {w}", "label": c} for c in "abc" for w in ("pay", "work", "ship")]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ("evaluate", data, "--encoder", "hashing", "--episodes", 2, "--draws", 2)
    [record] = records(*command, "--report", tmp_path / "report", "--json")
    [noted] = [note for note in record["notes"] if "the smallest class" in note]
    assert noted.endswith("--skip-small leaves such classes out")
    assert noted in call(*command).stdout
    for name in ("report.html", "results.json"):
        text = (tmp_path / "report" / name).read_text(encoding="utf-8")
        assert "--skip-small leaves" in text
        assert "skip_small=" not in text


@pytest.mark.parametrize(
    "command",
    [("label", "--text"), ("add", "a", "--text"), ("describe", "a")],
    ids=lambda words: words[0],
)
def test_a_typed_text_of_another_encoding_is_refused_in_words_of_a_terminal(tmp_path, command):
    space = tmp_path / "a.space"
    call("init", space, "--encoder", "hashing")
    call("add", space, "a", "--text", "pay")
    name, *words = command
    error = call(name, space, *words, "caf\udce9", code=2).stderr
    assert "iconv -f windows-1252 -t UTF-8" in error
    assert not PYTHON.search(error), error


def test_what_stands_in_an_option_block_keeps_the_words_of_the_command_line():
    with pytest.raises(InputError) as caught, option_names():
        raise InputError("got", remedy="lower n_shot=", command="lower n_shot, or give a file")
    assert door_message(caught.value).endswith("lower --shot, or give a file")
