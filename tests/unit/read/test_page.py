from pathlib import Path

from stream.read.page import reading_page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_document_is_written_from_the_declarations():
    assert (DOCS / "reading.md").read_text() == reading_page(), "run `make generate`"


def test_no_column_accuses():
    assert not [word for word in ("fraud", "cheat", "spammer", "bad rater") if word in reading_page()]
