import pytest
from reportlab.pdfgen.canvas import Canvas

from loramake.readers.pdf_plain import with_pypdf, with_pypdfium

READERS = pytest.mark.parametrize("read", [with_pypdfium, with_pypdf])


def made(path, *pages):
    """A PDF of pages of lines."""
    canvas = Canvas(str(path), invariant=1)
    for lines in pages:
        for row, line in enumerate(lines):
            canvas.drawString(72, 700 - 20 * row, line)
        canvas.showPage()
    canvas.save()
    return path


@READERS
def test_pages_keep_their_lines(tmp_path, read):
    found = read(made(tmp_path / "a.pdf", ["High water", "# comes twice"], ["a day"]))
    assert (found.text, found.pages) == ("High water\n\\# comes twice\n\f\na day", 2)
    assert (found.letters, found.found) == (len("Highwatercomestwiceaday"),) * 2


@READERS
def test_words_parted_at_a_line_end_are_whole_again(tmp_path, read):
    found = read(made(tmp_path / "a.pdf", ["the docu-", "ment says what any docu-"], ["ment does"]))
    assert found.text == "the document says what any document\n\f\ndoes"


@READERS
def test_headers_and_footers_are_dropped_and_counted(tmp_path, read):
    pages = [["Handbook", f"words of page {letter}", f"Page {page}"] for page, letter in enumerate("abc")]
    found = read(made(tmp_path / "a.pdf", *pages))
    assert found.text == "words of page a\n\f\nwords of page b\n\f\nwords of page c"
    assert found.dropped == {"running_lines": 6}
    assert found.found > found.letters


@READERS
def test_a_file_that_cannot_be_opened_gives_nothing(tmp_path, read):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)))
    found = read(tmp_path / "a.pdf")
    assert found is None or not found.text
