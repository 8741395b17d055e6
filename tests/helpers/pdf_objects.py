"""PDF files that a test writes object by object: forms, notes on a page, files inside."""

from __future__ import annotations

FONT = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def stream(content: str, entries: str = "") -> str:
    return f"<<{entries}/Length {len(content)}>>stream\n{content}\nendstream"


def pdf_of(text: str, *objects: str, catalog: str = "", annotations: str = "") -> bytes:
    """Return a PDF of one page. The first of the further ``objects`` has the number 6."""
    page = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Annots[{annotations}]"
        "/Resources<</Font<</F1 5 0 R>>>>>>"
    )
    numbered = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        stream(f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET"),
        FONT,
        *objects,
    ]
    content, places = "%PDF-1.7\n", list[int]()
    for number, one in enumerate(numbered, start=1):
        places.append(len(content))
        content += f"{number} 0 obj\n{one}\nendobj\n"
    start, size = len(content), len(numbered) + 1
    content += f"xref\n0 {size}\n0000000000 65535 f \n"
    content += "".join(f"{place:010} 00000 n \n" for place in places)
    content += f"trailer\n<</Root 1 0 R/Size {size}>>\nstartxref\n{start}\n%%EOF\n"
    return content.encode("latin-1")


def drawn(text: str) -> str:
    """Return the appearance of a field or note that holds a text."""
    return stream(
        f"/Tx BMC BT /F1 12 Tf 2 5 Td ({text}) Tj ET EMC",
        "/Type/XObject/Subtype/Form/BBox[0 0 400 20]/Resources<</Font<</F1 5 0 R>>>>",
    )


def with_files(text: str, files: dict[str, str], *, portfolio: bool) -> bytes:
    """Return a PDF with files attached to it, or a portfolio of them behind a cover."""
    objects, names = list[str](), ""
    for name, content in files.items():
        number = 6 + len(objects)
        objects += [
            stream(content, "/Type/EmbeddedFile"),
            f"<</Type/Filespec/F({name})/UF({name})/EF<</F {number} 0 R>>>>",
        ]
        names += f"({name}) {number + 1} 0 R "
    catalog = f"/Names<</EmbeddedFiles<</Names[{names}]>>>>" + "/Collection<<>>" * portfolio
    return pdf_of(text, *objects, catalog=catalog)
