import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from loramake.errors import SourceError
from loramake.readers import pdf
from loramake.recipe.source import Source

SOURCE = Source(files=["*"])
FAST = Source(files=["*"], pdf="fast")
WORDS = "The tide comes twice a day, and the harbour is full of boats that wait for it."


def made(path, pages=1, draw=None, **options):
    """A PDF with a heading and ten lines on every page."""
    canvas = Canvas(str(path), invariant=1, **options)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 760, f"Chapter {'ABCDE'[number - 1]}")
        canvas.setFont("Helvetica", 10)
        for line in range(10):
            canvas.drawString(72, 720 - 12 * line, f"{number}.{line}: {WORDS}")
        if draw:
            draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return path


def parsed(path, source=SOURCE):
    return pdf.read(path, source).parsed[0]


def test_headings_paragraphs_and_pages(tmp_path):
    page = parsed(made(tmp_path / "a.pdf", pages=2))
    first, second = page.text.split("\n\f\n")
    assert first == "# Chapter A\n\n" + " ".join(f"1.{line}: {WORDS}" for line in range(10))
    assert second.startswith("# Chapter B\n\n2.0: ")
    assert (page.page, page.section, page.meta) == (1, "Chapter A", {"pages": 2})


@pytest.mark.parametrize(("source", "reader"), [(SOURCE, pdf.PDFPLUMBER), (FAST, pdf.PYPDFIUM)])
def test_the_reader_that_gave_the_text_is_named(tmp_path, source, reader):
    reading = pdf.read(made(tmp_path / "a.pdf"), source)
    assert reading.reader == reader
    assert reading.parsed[0].text.count(WORDS) == 10


def test_what_runs_from_page_to_page_is_dropped_and_counted(tmp_path):
    def draw(canvas, number):
        canvas.drawString(72, 800, "Harbour handbook")
        canvas.drawString(300, 30, f"Page {number} of 3")

    page = parsed(made(tmp_path / "a.pdf", pages=3, draw=draw))
    assert "Harbour handbook" not in page.text
    assert "Page" not in page.text
    assert page.text.count(WORDS) == 30
    assert page.meta == {"pages": 3, "running_lines": 6}


def test_a_table_keeps_its_rows_and_its_place(tmp_path):
    def table(canvas, _number):
        canvas.grid([72, 172, 272], [300, 320, 340, 360])
        for row, cells in enumerate([("Item", "Price"), ("Bolt", "2"), ("Nut | washer", "3")]):
            for column, text in enumerate(cells):
                canvas.drawString(76 + 100 * column, 346 - 20 * row, text)
        canvas.drawString(72, 270, "Prices are in pounds.")

    text = parsed(made(tmp_path / "a.pdf", draw=table)).text
    expected = "| Item | Price |\n| --- | --- |\n| Bolt | 2 |\n| Nut \\| washer | 3 |\n\nPrices are in pounds."
    assert text.endswith(f"{WORDS}\n\n{expected}")
    assert text.count("Bolt") == 1


def test_code_is_fenced_as_it_stands(tmp_path):
    def code(canvas, _number):
        canvas.setFont("Courier", 10)
        for line, text in enumerate(["if tide:", "    sail(home)", "", "wait()"]):
            canvas.drawString(72, 500 - 12 * line, text)

    text = parsed(made(tmp_path / "a.pdf", draw=code)).text
    assert text.endswith("\n\n```\nif tide:\n    sail(home)\n\nwait()\n```")


def test_two_columns_are_read_one_after_the_other(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"), invariant=1)
    canvas.setFont("Helvetica", 9)
    for column, name in enumerate(["left", "right"]):
        for line in range(20):
            canvas.drawString(
                72 + 240 * column, 700 - 11 * line, f"Line {line} of the {name} column, as long as others"
            )
    canvas.save()
    text = parsed(tmp_path / "a.pdf").text
    assert text.index("Line 19 of the left") < text.index("Line 0 of the right")


def test_a_page_on_its_side_is_read_as_if_it_were_turned_back(tmp_path):
    def turned(canvas, _number):
        canvas.rotate(90)
        canvas.drawString(100, -560, "These words run upwards along the edge.")

    assert parsed(made(tmp_path / "a.pdf", draw=turned)).text.endswith("\n\nThese words run upwards along the edge.")


def test_a_watermark_on_a_slant_is_dropped_and_counted(tmp_path):
    def watermark(canvas, _number):
        canvas.rotate(45)
        canvas.drawString(400, 100, "DRAFT")

    page = parsed(made(tmp_path / "a.pdf", draw=watermark))
    assert "DRAFT" not in page.text
    assert page.meta == {"pages": 1, "unmapped_glyphs": 5}


def test_what_the_file_says_about_itself(tmp_path):
    def draw(canvas, _number):
        canvas.setTitle("Tide tables")
        canvas.setAuthor("Ada Quill")

    page = parsed(made(tmp_path / "a.pdf", draw=draw))
    assert (page.section, page.author, page.date) == ("Tide tables", "Ada Quill", "2000-01-01T00:00:00+00:00")


@pytest.mark.parametrize("limit", ["_MOST_LETTERS", "_MOST_CONTENT"])
def test_what_would_take_pdfplumber_too_long_is_read_without_layout(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(pdf, limit, 100)
    assert pdf.read(made(tmp_path / "a.pdf"), SOURCE).reader == pdf.PYPDFIUM


def fails(*_args, **_options):
    raise AssertionError("as parsers do on broken files")


def test_pdfium_reads_what_pdfplumber_cannot(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf.pdfplumber, "open", fails)
    reading = pdf.read(made(tmp_path / "a.pdf"), SOURCE)
    assert reading.reader == pdf.PYPDFIUM
    assert WORDS in reading.parsed[0].text


def test_pdfium_reads_what_pdfplumber_finds_half_of(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "_MOST_OF_IT", 2)
    assert pdf.read(made(tmp_path / "a.pdf"), SOURCE).reader == pdf.PYPDFIUM


def test_pypdf_reads_what_the_others_cannot(tmp_path, monkeypatch):
    path = made(tmp_path / "a.pdf")
    monkeypatch.setattr(pdf.pdfplumber, "open", fails)
    monkeypatch.setattr(pdf, "with_pypdfium", lambda _path: None)
    reading = pdf.read(path, SOURCE)
    assert reading.reader == pdf.PYPDF
    assert WORDS in reading.parsed[0].text


def test_a_file_that_lost_its_head_is_read(tmp_path):
    path = made(tmp_path / "a.pdf")
    path.write_bytes(path.read_bytes()[9:])  # every offset in it is wrong now
    assert WORDS in parsed(path).text


def test_a_password_for_its_owner_alone_keeps_nobody_from_reading(tmp_path):
    encryption = StandardEncryption("", ownerPassword="owner")
    assert WORDS in parsed(made(tmp_path / "a.pdf", encrypt=encryption)).text


def test_reading_twice_gives_the_same(tmp_path):
    path = made(tmp_path / "a.pdf", pages=3)
    assert pdf.read(path, SOURCE) == pdf.read(path, SOURCE)


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


def no_pages(path):
    catalog = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    path.write_bytes(catalog + b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (empty, "empty"),
        (html_by_name, "not_a_pdf"),
        (magic_alone, "damaged"),
        (half, "damaged"),
        (encrypted, "encrypted"),
        (scan, "no_text"),
        (no_pages, "no_pages"),
    ],
)
@pytest.mark.parametrize("source", [SOURCE, FAST], ids=["layout", "fast"])
def test_a_file_without_text_is_refused(tmp_path, make, reason, source):
    path = tmp_path / "a.pdf"
    make(path)
    with pytest.raises(SourceError) as refused:
        pdf.read(path, source)
    assert refused.value.reason == reason


def test_too_many_pages_are_refused(tmp_path):
    with pytest.raises(SourceError, match="2 of them, more than 1"):
        pdf.read(made(tmp_path / "a.pdf", pages=2), Source(files=["*"], limit={"pages": 1}))
