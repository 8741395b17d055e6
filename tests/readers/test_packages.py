"""Office files and books whose parts have other names, or another order, than usual."""

from __future__ import annotations

import pytest
from office_files import A, W, docx, pptx, zipped

from protolabel.errors import InputError
from protolabel.readers import read_documents
from protolabel.words.text import PAGE_END

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def relationships(*relations: tuple[str, str, str], base: str = OFFICE) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">' + "".join(
        f'<Relationship Id="{name}" Type="{base}/{kind}" Target="{target}"/>'
        for name, kind, target in relations
    ) + "</Relationships>"  # fmt: skip


def types(part: str, kind: str) -> str:
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/{part}" ContentType='
        f'"application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )


def words(text: str) -> str:
    return f'<w:d xmlns:w="{W}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:d>'


def text_of(tmp_path, name: str, content: bytes) -> str | None:
    (tmp_path / name).write_bytes(content)
    (document,) = read_documents(tmp_path / name)
    return document.text


@pytest.mark.parametrize("base", [OFFICE, STRICT])
@pytest.mark.parametrize("target", ["text/document2.xml", "/text/document2.xml"])
def test_a_document_whose_main_part_has_another_name_is_read(tmp_path, base, target):
    content = zipped({
        "[Content_Types].xml": types("text/document2.xml", "wordprocessingml.document"),
        "_rels/.rels": relationships(("r1", "officeDocument", target), base=base),
        "text/document2.xml": words("body"),
        "text/_rels/document2.xml.rels": relationships(
            ("r1", "footnotes", "notes.xml"), ("r2", "header", "/text/top.xml"), base=base
        ),
        "text/notes.xml": words("note"),
        "text/top.xml": words("letter head"),
    })  # fmt: skip
    for name in ("a.docx", "a.txt"):
        assert text_of(tmp_path, name, content) == "body\nnote\n\nletter head"


def test_slides_come_in_the_order_of_the_presentation(tmp_path):
    slide = f'<p xmlns:a="{A}"><a:p><a:r><a:t>{{}}</a:t></a:r></a:p></p>'
    content = zipped({
        "[Content_Types].xml": types("deck/show.xml", "presentationml.presentation"),
        "_rels/.rels": relationships(("r1", "officeDocument", "deck/show.xml")),
        "deck/show.xml": f'<p:p xmlns:p="urn:p" xmlns:r="{OFFICE}"><p:sldIdLst>'
        '<p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst></p:p>',
        "deck/_rels/show.xml.rels": relationships(
            ("r1", "slide", "b.xml"), ("r2", "slide", "a.xml")
        ),
        "deck/a.xml": slide.format("first"),
        "deck/b.xml": slide.format("second"),
    })  # fmt: skip
    assert text_of(tmp_path, "a.pptx", content) == f"first{PAGE_END}second"


def test_a_file_that_names_no_parts_is_read_by_their_usual_names(tmp_path):
    note = words("note")
    content = docx("body", **{"word/footnotes.xml": note, "word/header1.xml": words("head")})
    assert text_of(tmp_path, "a.docx", content) == "body\nnote\n\nhead"
    assert text_of(tmp_path, "a.pptx", pptx("one", "two")) == f"one{PAGE_END}two"


def test_a_book_gives_its_chapters_in_the_order_of_reading(tmp_path):
    chapter = "<html><head><title>{0}</title></head><body><p>text of {0}</p></body></html>"
    content = zipped({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:c"><rootfiles><rootfile full-path='
        '"OPS/book.opf"/></rootfiles></container>',
        "OPS/book.opf": '<package xmlns="urn:p"><manifest>'
        '<item id="a" href="b%20b.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="s" href="style.css" media-type="text/css"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="s"/></spine></package>',
        "OPS/a.xhtml": chapter.format("two"),
        "OPS/b b.xhtml": chapter.format("one"),
        "OPS/style.css": "p {}",
    })  # fmt: skip
    for name in ("a.epub", "a.zip"):
        text = text_of(tmp_path, name, content)
        assert text == f"one\n\ntext of one{PAGE_END}two\n\ntext of two"


PAGE = "<html><body><p>Invoice: pay the amount</p></body></html>"
CHUNKS = {
    "a.html": PAGE,
    "a.mht": "MIME-Version: 1.0\nContent-Type: multipart/related; type=text/html; boundary=x\n\n"
    f"--x\nContent-Type: text/html; charset=utf-8\n\n{PAGE}\n--x--\n",
    "a.rtf": r"{\rtf1\ansi Invoice: pay the amount\par}",
}


@pytest.mark.parametrize("name", CHUNKS)
@pytest.mark.parametrize("paragraphs", [(), ("Cover page",)])
def test_a_file_of_another_format_inside_a_document_is_part_of_its_text(tmp_path, name, paragraphs):
    place = f'<w:altChunk xmlns:r="{OFFICE}" r:id="c1"/>'
    body = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs) + place
    content = docx(
        body=body,
        **{
            "word/_rels/document.xml.rels": relationships(("c1", "aFChunk", name)),
            f"word/{name}": CHUNKS[name],
        },
    )
    text = text_of(tmp_path, "a.docx", content)
    assert (text or "").split("\n\n") == [*paragraphs, "Invoice: pay the amount"]


def test_a_part_of_a_document_that_is_not_read_is_named(tmp_path):
    place = f'<w:altChunk xmlns:r="{OFFICE}" r:id="c1"/>'
    rels = relationships(("c1", "aFChunk", "a.doc"))
    parts = {"word/_rels/document.xml.rels": rels, "word/a.doc": "x"}
    (tmp_path / "a.docx").write_bytes(docx("Cover", body=place, **parts))
    notices = []
    (document,) = read_documents(tmp_path / "a.docx", on_notice=notices.append)
    assert document.text == "Cover"
    assert "1 part of another kind is left out" in notices[0].message


@pytest.mark.parametrize("name", ["a.odt", "a.ods"])
@pytest.mark.parametrize("content", [b"\x93\x01 locked", None])
def test_an_open_document_with_a_password_is_called_so(tmp_path, content, name):
    """A newer one locks all parts in one: it has no content.xml."""
    manifest = '<m:manifest xmlns:m="urn:m"><m:file-entry><m:encryption-data/></m:file-entry>'
    parts: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument."
        + ("text" if name == "a.odt" else "spreadsheet"),
        "META-INF/manifest.xml": manifest + "</m:manifest>",
        "content.xml" if content else "encrypted-package": content or b"\x93\x01 locked",
    }
    (tmp_path / name).write_bytes(zipped(parts))
    with pytest.raises(InputError, match=r"an encrypted .* without (a|its) password"):
        list(read_documents(tmp_path / name))
