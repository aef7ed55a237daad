import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from loramake.errors import SourceError
from loramake.readers import pdf
from loramake.recipe.source import Source

SOURCE = Source(files=["*"])
WORDS = "The tide comes twice a day, and the harbour is full of boats that wait for it."


def made(path, pages=1, draw=None, **options):
    """A PDF with a heading and some lines on every page."""
    canvas = Canvas(str(path), invariant=1, **options)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 760, f"Chapter {'ABCDE'[number - 1]}")
        canvas.setFont("Helvetica", 10)
        for line in range(10):
            canvas.drawString(72, 720 - 12 * line, WORDS)
        if draw:
            draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return path


def parsed(path):
    return pdf.read(path, SOURCE).parsed[0]


def test_headings_lines_and_pages(tmp_path):
    page = parsed(made(tmp_path / "a.pdf", pages=2))
    first, second = page.text.split("\n\f\n")
    assert first == "# Chapter A\n\n" + "\n".join([WORDS] * 10)
    assert second.startswith("# Chapter B\n")
    assert (page.page, page.section) == (1, "Chapter A")


def test_the_reader_that_read_it_is_named(tmp_path):
    assert pdf.read(made(tmp_path / "a.pdf"), SOURCE).reader == pdf.PDFPLUMBER


def test_headers_and_page_numbers_are_dropped_from_three_pages_on(tmp_path):
    def draw(canvas, number):
        canvas.drawString(72, 800, "Harbour handbook")
        canvas.drawString(300, 30, f"Page {number} of 3")

    text = parsed(made(tmp_path / "a.pdf", pages=3, draw=draw)).text
    assert "Harbour handbook" not in text
    assert "Page" not in text
    assert text.count(WORDS) == 30


def table(canvas, _number):
    canvas.grid([72, 172, 272], [300, 320, 340, 360])
    for row, cells in enumerate([("Item", "Price"), ("Bolt", "2"), ("Nut | washer", "3")]):
        for column, text in enumerate(cells):
            canvas.drawString(76 + 100 * column, 346 - 20 * row, text)
    canvas.drawString(72, 270, "Prices are in pounds.")


def test_a_table_keeps_its_rows_and_its_place(tmp_path):
    text = parsed(made(tmp_path / "a.pdf", draw=table)).text
    expected = "| Item | Price |\n| --- | --- |\n| Bolt | 2 |\n| Nut \\| washer | 3 |\n\nPrices are in pounds."
    assert text.endswith(f"{WORDS}\n\n{expected}")
    assert text.count("Bolt") == 1


def test_a_frame_around_words_is_no_table(tmp_path):
    def frame(canvas, _number):
        canvas.rect(72, 300, 300, 40)
        canvas.drawString(80, 315, "Never solder to a cell.")

    text = parsed(made(tmp_path / "a.pdf", draw=frame)).text
    assert "Never solder to a cell." in text
    assert "|" not in text


def test_words_that_stand_close_are_not_glued(tmp_path):
    def tight(canvas, _number):
        x = 72.0
        for word in ("set", "tightly", "by", "TeX"):
            canvas.drawString(x, 400, word)
            x += canvas.stringWidth(word) + 2.5

    assert "set tightly by TeX" in parsed(made(tmp_path / "a.pdf", draw=tight)).text


def test_what_the_file_says_about_itself(tmp_path):
    def draw(canvas, _number):
        canvas.setTitle("Tide tables")
        canvas.setAuthor("Ada Quill")

    page = parsed(made(tmp_path / "a.pdf", draw=draw))
    assert (page.section, page.author, page.date) == ("Tide tables", "Ada Quill", "2000-01-01T00:00:00+00:00")


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - a.doc", "final.docx", " "])
def test_a_title_that_a_program_made_up_is_none(tmp_path, title):
    assert parsed(made(tmp_path / "a.pdf", draw=lambda canvas, _: canvas.setTitle(title))).section == "Chapter A"


def test_pdfium_reads_what_pdfplumber_cannot(tmp_path, monkeypatch):
    def fail(*_args, **_options):
        raise AssertionError("as parsers do on broken files")

    monkeypatch.setattr(pdf.pdfplumber, "open", fail)
    reading = pdf.read(made(tmp_path / "a.pdf"), SOURCE)
    assert reading.reader == pdf.PYPDFIUM
    assert WORDS in reading.parsed[0].text


def test_pdfium_reads_what_would_take_pdfplumber_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "_SLOW_PAGES", 1)
    reading = pdf.read(made(tmp_path / "a.pdf", pages=2), SOURCE)
    assert reading.reader == pdf.PYPDFIUM
    assert reading.parsed[0].text.split("\n\f\n")[1].startswith("Chapter B\n")


def test_a_password_for_its_owner_alone_keeps_nobody_from_reading(tmp_path):
    encryption = StandardEncryption("", ownerPassword="owner")
    assert WORDS in parsed(made(tmp_path / "a.pdf", encrypt=encryption)).text


def empty(path):
    path.write_bytes(b"")


def html_by_name(path):
    path.write_bytes(b"<html><body>Not a PDF</body></html>")


def magic_alone(path):
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)))


def half(path):
    data = made(path).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def encrypted(path):
    made(path, encrypt=StandardEncryption("user", ownerPassword="owner", strength=128))


def scan(path):
    canvas = Canvas(str(path))
    canvas.rect(72, 72, 400, 600, fill=1)
    canvas.drawString(300, 30, "17")
    canvas.save()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (empty, "empty"),
        (html_by_name, "not_a_pdf"),
        (magic_alone, "damaged"),
        (half, "damaged"),
        (encrypted, "encrypted"),
        (scan, "no_text"),
    ],
)
def test_a_file_without_text_is_refused(tmp_path, make, reason):
    path = tmp_path / "a.pdf"
    make(path)
    with pytest.raises(SourceError) as refused:
        pdf.read(path, SOURCE)
    assert refused.value.reason == reason


def test_too_many_pages_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "_MOST_PAGES", 1)
    with pytest.raises(SourceError, match="more than 1"):
        pdf.read(made(tmp_path / "a.pdf", pages=2), SOURCE)


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
    assert pdf._date(written) == iso
