"""No word of a document is in an error or in a log, whichever door it comes to.

The service has a test of its own beside these: ``tests/service/test_unforeseen``.
"""

from __future__ import annotations

import json
import logging

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from fakes import PictureEncoder, WordEncoder

from protolabel import (
    Document,
    Example,
    LabelSpace,
    PrototypicalClassifier,
    evaluate,
    read_annotations,
    read_dataset,
    read_documents,
    read_examples,
)
from protolabel.cli import cli
from protolabel.errors import InputError, ProtolabelError
from protolabel.label_space.changes.usable_examples import usable_examples

WORD = "zanzibarquartz"
TEXT = f"{WORD} is what my patient has"
WRONG = np.ones(3, np.float32)  # a vector of the wrong size
INVISIBLE = "\u200b"


@pytest.fixture(scope="module")
def space():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add(["pay the bill", "my cv"], ["bill", "cv"])
        yield space


VALUES = [  # what is no usable document, with the word in it where it can be
    TEXT.encode(), [TEXT], {"text": TEXT}, (TEXT,), {TEXT}, Example("bill", TEXT),
    Document("", TEXT, embedding=WRONG), Document("", TEXT, image=b"no image"),
    Document("", TEXT, embedding=[TEXT]), Document("", TEXT + "\ud800"),
    Document((TEXT,), "a"), Document("a", "a", source=(TEXT,)), Document("", INVISIBLE),
    Document("", None, image=TEXT), TEXT + "\ud800", None, float("nan"), object(),
]  # fmt: skip
DOORS = {
    "label": lambda space, value: space.label(value),
    "label_many": lambda space, value: list(space.label_many([TEXT, value])),
    "label_many of one": lambda space, value: list(space.label_many(value)),
    "add": lambda space, value: space.add([TEXT, value], "bill"),
    "add an example": lambda space, value: space.add([Example("bill", TEXT), value]),
    "add one": lambda space, value: space.add(value),
    "add the content": lambda space, value: space.add([Example("bill", value)]),
    "describe": lambda space, value: space.describe("bill", value),
    "describe many": lambda space, value: space.describe({"cv": TEXT, "bill": value}),
    "correct": lambda space, value: space.correct(value, "bill"),
    "refute": lambda space, value: space.refute([Example("bill", value, negative=True)]),
    "import_records": lambda space, value: space.import_records(value),
    "import_records of some": lambda space, value: space.import_records([value]),
    "estimator": lambda space, value: PrototypicalClassifier(WordEncoder()).fit(
        [TEXT, value], ["a", "b"]
    ),
    "estimator of one": lambda space, value: PrototypicalClassifier(WordEncoder()).fit(value, "a"),
    "evaluate": lambda space, value: evaluate([Example("a", TEXT), value], encoder=WordEncoder()),
    "a table": lambda space, value: list(
        space.label_many(pd.DataFrame({"text": pd.Series([TEXT, value], dtype=object)}))
    ),
    "a table of examples": lambda space, value: list(
        read_dataset(pd.DataFrame({
            "text": pd.Series([TEXT, value], dtype=object), "label": ["a", "b"],
        }))
    ),
}  # fmt: skip


def message(action) -> str:
    """Return the error of an action as a person or a log has it, its causes included."""
    try:
        action()
    except (ProtolabelError, ValueError, TypeError) as error:
        texts = []
        reason: BaseException | None = error
        while reason is not None:
            texts.append(str(reason))
            reason = reason.__cause__
        return "\n".join(texts)
    return ""


@pytest.mark.parametrize("door", DOORS)
def test_no_word_of_a_document_is_in_an_error_of_the_python_door(space, door, caplog):
    with caplog.at_level(logging.DEBUG):
        messages = [message(lambda value=value: DOORS[door](space, value)) for value in VALUES]
    assert any(messages), "nothing was refused"
    for one in [*messages, caplog.text]:
        assert WORD not in one


def test_what_has_no_name_is_named_by_its_position(space):
    good, bad = Document("", "pay"), Document("", "pay", embedding=WRONG)
    for n in (0, 1, 5, 1023, 1024, 1500):
        documents = [good] * n + [bad] + [good] * 3
        answers = space.label_many(documents, evidence=0)
        for _ in range(n):
            next(answers)
        with pytest.raises(InputError, match=f"^document {n}: an embedding of shape"):
            next(answers)
        examples = [Example("bill", d.text, embedding=d.embedding) for d in documents]
        with pytest.raises(InputError, match=f"^example {n}: an embedding of shape"):
            space.add(examples)
    examples = [
        Example("cv", "cv", "twice"),
        Example("cv", "cv", "twice"),
        Example("cv", INVISIBLE),
    ]
    usable, unusable = usable_examples(space.view(), examples)
    assert usable == examples[:1]
    assert [one.source for one in unusable] == ["example 'twice'", "example 2"]
    assert str(unusable[1].error).startswith("example 2: an empty text")
    with (
        LabelSpace.create(encoder=PictureEncoder(), background=False) as pictures,
        pytest.raises(InputError, match=r"^example 1: "),
    ):
        pictures.add([Example("a", "pay"), Example("a", image=b"no image")])


FILES = {
    "broken.jsonl": f'{{"text": "{TEXT}", "label": }}\n',
    "cut.jsonl": f'{{"text": "{TEXT}',
    "list.jsonl": json.dumps({"text": [TEXT], "label": "a"}),
    "object.jsonl": json.dumps({"text": {"body": TEXT}, "label": "a"}),
    "array.jsonl": json.dumps([TEXT]),
    "string.jsonl": json.dumps(TEXT),
    "vector.jsonl": json.dumps({"text": TEXT, "label": "a", "embedding": [TEXT]}),
    "nul.jsonl": json.dumps({"text": f"{TEXT}\0", "label": "a"}),
    "surrogate.jsonl": f'{{"text": "{TEXT}\\ud800", "label": "a"}}',
    "id.jsonl": json.dumps({"text": TEXT, "label": "a", "id": [TEXT]}),
    "picture.jsonl": json.dumps({"image": {"bytes": TEXT}, "label": "a"}),
    "broken.json": f'[{{"text": "{TEXT}", "label": }}]',
    "open.json": f'[{{"text": "{TEXT}", "label": "a"}}',
    "value.json": f"[{json.dumps(TEXT)}]",
    "short.csv": f"text,label\n{TEXT}\n",
    "long.csv": f"text,label\n{TEXT},a,b,c\n",
    "quote.csv": f'text,label\n"{TEXT},a\n',
    "nul.txt": f"{TEXT}\0{TEXT}",
    "twice.csv": f"text,label,id\n{TEXT},a,1\n{TEXT},b,1\n",
    "many.labels.jsonl": json.dumps({"text": TEXT, "label": ["a", "b"]}),
    "task.json": json.dumps([{"data": {"text": [TEXT]}, "annotations": [{"result": [1]}]}]),
    "bad.html": f"<html>{TEXT}\0",
    "bad.eml": f"Subject: x\nContent-Type: multipart/mixed\n\n{TEXT}",
    "no.pdf": f"%PDF-1.7 {TEXT}",
    "no.docx": f"PK\3\4{TEXT}",
}


@pytest.mark.parametrize("name", FILES)
def test_no_word_of_a_file_is_in_an_error_of_a_reader_or_of_a_command(tmp_path, name, caplog):
    path, here = tmp_path / name, tmp_path / "a.space"
    path.write_bytes(FILES[name].encode("utf-8", "surrogatepass"))
    with LabelSpace.create(here, encoder="hashing", background=False) as space:
        space.add(["pay the bill", "my cv"], ["bill", "cv"])
    with caplog.at_level(logging.DEBUG):
        readers = (read_examples, read_documents, read_annotations)
        messages = [message(lambda read=read: list(read(str(path)))) for read in readers]
        for words in (
            ["import", "{}", "{}"],
            ["label", "{}", "{}"],
            ["describe", "{}", "--from", "{}"],
        ):
            command = iter([str(here), str(path)])
            arguments = [next(command) if word == "{}" else word for word in words]
            outcome = CliRunner().invoke(
                cli, [*arguments, "--json"] if words[0] == "label" else arguments
            )
            messages.append(outcome.stderr)
    assert any(messages), "nothing was refused"
    for one in [*messages, caplog.text]:
        assert WORD not in one
