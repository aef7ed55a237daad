import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from loramake.errors import SourceError
from loramake.readers.pdf_headings import Bookmark
from loramake.readers.pdf_survey import Survey, date_of, survey


def made(path, pages=2, title=None, **options):
    canvas = Canvas(str(path), invariant=1, **options)
    if title:
        canvas.setTitle(title)
    for number in range(pages):
        canvas.bookmarkPage(f"page {number}")
        canvas.addOutlineEntry(f"Chapter {number}", f"page {number}", level=number)
        canvas.drawString(72, 700, "words")
        canvas.showPage()
    canvas.save()
    return path


def test_the_outline_and_the_pages(tmp_path):
    found = survey(made(tmp_path / "a.pdf"), 10)
    assert found.pages == 2
    assert found.outline == [Bookmark("Chapter 0", 1, 0), Bookmark("Chapter 1", 2, 1)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Tide  tables", "Tide tables"), ("untitled", None), ("Microsoft Word - a.doc", None), ("final.docx", None)],
)
def test_a_title_that_a_program_made_up_is_none(tmp_path, title, expected):
    assert survey(made(tmp_path / "a.pdf", title=title), 10).title == expected


def test_a_file_that_pdfium_cannot_open_says_nothing(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n")
    assert survey(tmp_path / "a.pdf", 10) == Survey()


def test_refusals(tmp_path):
    with pytest.raises(SourceError) as refused:
        survey(made(tmp_path / "a.pdf"), 1)
    assert refused.value.reason == "too_many_pages"
    with pytest.raises(SourceError) as refused:
        survey(made(tmp_path / "b.pdf", encrypt=StandardEncryption("user", strength=128)), 10)
    assert refused.value.reason == "encrypted"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("D:20240131100203+02'00'", "2024-01-31T10:02:03+02:00"),
        ("D:20240131100203Z", "2024-01-31T10:02:03+00:00"),
        ("D:20240131100203-05", "2024-01-31T10:02:03-05:00"),
        ("D:202401311002", "2024-01-31T10:02:00"),
        ("D:20240131", "2024-01-31"),
        ("D:2024", "2024-01-01"),
        ("D:20249931", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_as_pdf_writes_it(written, iso):
    assert date_of(written) == iso
