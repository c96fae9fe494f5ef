"""PDF/A from a page's template and told values; and the text of a PDF again.

The values go in as JSON, apart from the template: nothing that somebody else wrote is ever read as
markup. The same values at the same instant make the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

import pypdfium2
import typst

from luzeiro.casework.paper.instants import check


class CannotTypeset(Exception):
    """A value has a character that no font of ours can show, or a template is wrong."""


@cache
def _fonts() -> typst.Fonts:
    # Those that come with the library: the same page on every machine.
    return typst.Fonts(include_system_fonts=False)


def typeset(
    room: str, page: str, told: Mapping[str, object], *, at: datetime, tagged: bool = True
) -> bytes:
    """Lay out one paper as PDF/A-2.

    Args:
        room: the room of casework whose `pages/` holds the template.
        page: the template's name, without ".typ".
        told: what the template shows, as JSON can say it.
        at: the date of the paper.
        tagged: PDF/A-2a; else PDF/A-2b, which is fourteen times faster for very long tables.

    Raises:
        CannotTypeset: the page cannot be laid out.
    """
    source = _template("paper", "common") + _template(room, page)
    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    try:
        pdf = compiler.compile(
            input=source.encode(),
            format="pdf",
            sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
            # Level "a" has its structure tagged (ISO 19005-2): readers for the blind follow it.
            pdf_standards="a-2a" if tagged else "a-2b",
            pdf_tags=tagged,
            timestamp=check(at).replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise CannotTypeset(error.message) from error
    assert isinstance(pdf, bytes)
    return pdf


def text_of(pdf: bytes) -> str:
    """The text of a PDF, page after page, line by line."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "\n".join(pages).replace("\r\n", "\n")


@cache
def _template(room: str, page: str) -> str:
    place = files(f"luzeiro.casework.{room}") / "pages" / f"{page}.typ"
    return place.read_text(encoding="utf-8")
