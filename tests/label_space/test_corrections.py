"""Corrections: a document by its id, source or file name, held by the label space or not."""

from __future__ import annotations

import zipfile

import pytest
from fakes import WordEncoder
from stored import store_of

from protolabel import Document, Example, LabelSpace
from protolabel.errors import InputError
from protolabel.label_space.changes import request_from
from protolabel.label_space.kinds_of_change import kinds_that_end_examples


@pytest.fixture
def mail():
    with LabelSpace.create(encoder=WordEncoder(), background=False) as space:
        space.add([
            Example("bill", "pay", "b1", source="in/a.txt"),
            Example("bill", "pay pay", "b2", source="in/b.txt"),
            Example("cv", "work", "c1", source="other/b.txt"),
        ])  # fmt: skip
        yield space


def classes(space: LabelSpace) -> dict[str, list[str]]:
    return {i.name: sorted(e.text for e in space.show(i.name)[1]) for i in space.classes()}


@pytest.mark.parametrize("name", ["b1", "in/a.txt", "a.txt"])
def test_an_example_is_moved_by_its_id_its_source_or_the_name_of_its_file(mail, name):
    mail.correct(name, "cv")
    assert classes(mail) == {"bill": ["pay pay"], "cv": ["pay", "work"]}
    mail.undo()
    assert classes(mail) == {"bill": ["pay", "pay pay"], "cv": ["work"]}


def test_a_file_name_that_two_examples_have_is_refused(mail):
    with pytest.raises(InputError, match=r"2 examples have the file name .b\.txt.: .b2., .c1."):
        mail.correct("b.txt", "cv")


def test_a_file_that_the_space_does_not_hold_is_read(mail, tmp_path):
    path = tmp_path / "scan.txt"
    path.write_text("sign")
    mail.correct(str(path), "contract")
    (example,) = mail.show("contract")[1]
    assert (example.text, example.source) == ("sign", str(path))


def test_a_file_that_is_there_goes_before_the_name_of_another_one(mail, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("work work work")
    mail.correct("a.txt", "cv")
    assert classes(mail) == {"bill": ["pay", "pay pay"], "cv": ["work", "work work work"]}


def test_an_equal_document_under_another_class_is_moved_not_doubled(mail):
    mail.correct(Document("x", " PAY "), "cv")
    assert classes(mail) == {"bill": ["pay pay"], "cv": ["pay", "work"]}


@pytest.mark.parametrize("labels", ["one", "several"])
@pytest.mark.parametrize("document", ["e1", Document("d", "pay the fee")])
def test_a_correction_holds_for_all_copies_of_a_document_however_it_is_named(labels, document):
    """Copies in other classes, and further ones of the same class."""
    with LabelSpace.create(encoder=WordEncoder(), labels=labels, background=False) as space:
        texts = ["pay the fee", "Pay the  FEE", "pay the fee", "pay the fee", "work"]
        space.add(texts, ["bill", "cv", "bill", "bill", "cv"])
        space.correct(document, "letter")
        assert set(classes(space).pop("letter")) <= {"pay the fee", "Pay the  FEE"}
        assert {name: own for name, own in classes(space).items() if name != "letter"} == {
            "bill": [], "cv": ["work"]}  # fmt: skip
        version = space.version
        assert space.correct(document, "letter").version == version
        space.undo()
        assert len(classes(space)["bill"]) == 3


def test_a_move_takes_the_examples_that_it_names_and_no_others(mail):
    mail.add("PAY", "cv")
    mail.move("b1", "letter")
    assert classes(mail) == {"bill": ["pay pay"], "cv": ["PAY", "work"], "letter": ["pay"]}


def test_a_relabelling_with_two_classes_is_refused_where_a_document_has_one(mail):
    record = {"kind": "relabel", "id": "b1", "labels": ["cv", "letter"]}
    with pytest.raises(InputError, match="2 labels for one document") as error:
        mail.commit(request_from(record))
    assert "labels several" in error.value.command
    mail.commit(request_from(record | {"labels": ["cv"]}))
    assert classes(mail) == {"bill": ["pay pay"], "cv": ["pay", "work"]}
    mail.configure(labels="several")
    mail.commit(request_from(record))
    assert classes(mail) == {"bill": ["pay pay"], "cv": ["pay", "work"], "letter": ["pay"]}


OUT_OF_A_CLASS = {  # changes that take the text "pay" out of the class "bill"
    "remove": {"ids": ["b1"]},
    "move": {"ids": ["b1"], "to": "cv"},
    "correct": {"examples": [{"label": "cv", "text": "pay"}]},
    "relabel": {"id": "b1", "labels": ["cv"]},
    "split": {"label": "bill", "parts": {"part": ["b1"]}},
}


@pytest.mark.parametrize("kind", OUT_OF_A_CLASS)
def test_a_class_that_a_document_was_taken_out_of_is_not_proposed_for_it_again(mail, kind):
    mail.commit(request_from({"kind": kind, **OUT_OF_A_CLASS[kind]}))
    removed = store_of(mail).answers.removed(kinds_that_end_examples())
    assert [text for text, _ in removed] == ["pay"]
    mail.undo()
    assert store_of(mail).answers.removed(kinds_that_end_examples()) == []


@pytest.mark.parametrize("by_id", [True, False])
def test_a_label_stays_that_a_document_has_of_a_retired_class(mail, by_id):
    mail.configure(labels="several")
    mail.add(["pay"], [["cv"]])
    mail.retire("bill")
    mail.correct("b1" if by_id else Document("d", "pay"), ["bill", "letter"])
    assert classes(mail) == {"bill": ["pay", "pay pay"], "cv": ["work"], "letter": ["pay"]}


def test_a_correction_to_what_is_so_already_changes_nothing(mail):
    before = mail.version
    assert mail.correct(Document("x", "PAY"), "bill").version == before
    assert mail.version == before


def test_a_file_in_an_archive_and_a_row_have_names_of_their_own(mail, tmp_path):
    archive, table = tmp_path / "a.zip", tmp_path / "t.csv"
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("1.txt", "one")
        z.writestr("2.txt", "two")
    table.write_text("text\nthree\nfour\n")
    mail.correct(f"{archive}/2.txt", "cv")
    mail.correct(f"{table}:2", "cv")
    assert classes(mail)["cv"] == ["three", "two", "work"]
    for path in (archive, table):
        with pytest.raises(InputError, match="2 documents, none of them of that name"):
            mail.correct(str(path), "cv")


def write_mail(path, text: str, attached: str):
    path.write_text(
        "From: a@example.org\nTo: b@example.org\nSubject: hello\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\n{text}\n'
        "--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n"
        f"{attached}\n--x--\n"
    )
    return str(path)


def test_a_mail_that_is_corrected_teaches_by_its_attachment_and_not_by_its_covering_text(
    mail, tmp_path
):
    name = write_mail(tmp_path / "m.eml", "please find attached", "work on the new wide road north")
    mail.correct(name, "letter")
    assert classes(mail)["letter"] == ["work on the new wide road north"]
    mail.undo()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(name, "m.eml")
        archive.writestr("z.txt", "box")
    mail.correct(f"{tmp_path}/a.zip/m.eml", "letter")
    assert classes(mail)["letter"] == ["work on the new wide road north"]


def test_a_mail_whose_text_says_enough_teaches_by_all_of_its_documents(mail, tmp_path):
    text = " ".join(f"word{n}" for n in range(60))
    mail.correct(write_mail(tmp_path / "m.eml", text, "work " * 90), "letter")
    assert len(classes(mail)["letter"]) == 2
    mail.correct(f"{tmp_path}/m.eml/2/a.txt", "cv")
    assert len(classes(mail)["letter"]) == 1


def test_a_name_that_means_nothing_is_refused(mail):
    with pytest.raises(InputError, match=r"no example and no file .nowhere\.txt."):
        mail.correct("nowhere.txt", "cv")


@pytest.mark.parametrize("act", ["correct", "refute"])
def test_a_text_in_place_of_a_name_is_quoted_in_part_and_told_how_to_be_given(mail, act):
    text = "please pay the amount due " * 40
    with pytest.raises(InputError, match=r"or give a Document\(id, text\)") as caught:
        getattr(mail, act)(text, "cv")
    assert len(str(caught.value)) < 400
    getattr(mail, act)(Document("d", text), "cv")
    with pytest.raises(InputError) as caught:
        mail.correct("nowhere.txt", "cv")
    assert "Document" not in str(caught.value)


def test_a_document_that_was_answered_is_known_by_its_id_or_the_name_of_its_file(mail, tmp_path):
    path = tmp_path / "scan.txt"
    path.write_text("sign sign")
    mail.answer_log.remember("text")
    list(mail.label_many([
        Document("a/scan.txt", "sign", source=str(path)),
        Document("m1", "box box"),
        Document("x/t.txt", "t", source="x/t.txt"),
        Document("y/t.txt", "u", source="y/t.txt"),
    ]))  # fmt: skip
    mail.correct("scan.txt", "contract")
    assert classes(mail)["contract"] == ["sign sign"]  # as the file is now
    with pytest.raises(InputError, match=r"2 documents that were answered are called .t\.txt"):
        mail.correct("t.txt", "cv")
    mail.correct("m1", "box")
    assert classes(mail)["box"] == ["box box"]


@pytest.mark.parametrize("documents", [
    [Document("0", "sign"), Document("0", "box box")],
    [Document("stdin:1", text, source="stdin:1") for text in ("sign", "box box")],
    [Document("1", "sign", source="x/t.txt"), Document("2", "box box", source="y/t.txt")],
])  # fmt: skip
@pytest.mark.parametrize("files", [True, False])
def test_a_name_that_several_documents_have_is_refused_and_their_keys_name_them(
    mail, documents, files
):
    name = (documents[0].source or documents[0].id).rsplit("/")[-1]
    mail.answer_log.remember("text")
    for document in documents:
        mail.label(document)
    for change in (mail.correction, mail.refutation):
        with pytest.raises(
            InputError, match=f"^2 documents that were answered are called '{name}'"
        ):
            change(name, "cv", files=files)
    keys = {one.text: one.key[:8] for one in mail.answer_log.documents()}
    for text, key in keys.items():
        assert mail.correction(key, "cv", files=files).examples[0].text == text


def test_one_document_that_has_a_name_twice_is_no_riddle(mail):
    mail.answer_log.remember("text")
    for source, text in (("x/t.txt", "sign"), ("y/t.txt", " SIGN ")):
        mail.label(Document("0", text, source=source))
    mail.correct("t.txt", "contract")
    mail.label(Document("0", "sign", source="z/t.txt"))
    mail.correct("t.txt", "cv")
    assert [text.strip().lower() for text in classes(mail)["cv"]] == ["sign", "work"]


def test_an_example_does_not_take_the_correction_of_another_document_of_its_name(mail):
    mail.answer_log.remember("text")
    mail.label(Document("stdin:1", "sign", source="stdin:1"))
    mail.correct("stdin:1", "contract")
    (example,) = mail.show("contract")[1]
    mail.label(Document("stdin:1", "box box", source="stdin:1"))
    with pytest.raises(InputError, match=f"example '{example.id}' is called 'stdin:1', and so is"):
        mail.correct("stdin:1", "cv")
    mail.correct(example.id, "cv")
    (other,) = [one for one in mail.answer_log.documents() if one.text == "box box"]
    mail.correct(other.key[:8], "box")
    assert classes(mail)["box"] == ["box box"]
    assert "sign" in classes(mail)["cv"]


def test_a_preview_of_a_correction_changes_nothing(mail):
    before, version = classes(mail), mail.version
    assert "corrected" in mail.preview.correct(Document("x", "PAY"), "cv").change.summary
    assert "moved" in mail.preview.correct("b1", "cv").change.summary
    assert (classes(mail), mail.version) == (before, version)
