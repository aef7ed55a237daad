import pdfplumber
import pytest
from reportlab.pdfgen.canvas import Canvas

from loramake.readers.pdf_glyphs import Fonts, printed_on
from loramake.readers.pdf_tables import tables_on

ROWS = [("Item", "Price", "Stock"), ("Bolt", "2", "17"), ("Nut | washer", "3", "4")]
PIPES = "| Item | Price | Stock |\n| --- | --- | --- |\n| Bolt | 2 | 17 |\n| Nut \\| washer | 3 | 4 |"
LEFT = [72, 172, 272, 372]  # points: the rules down
TOPS = [700, 680, 660, 640]  # the rules across


def tables(path, draw):
    """The tables of a page, and the words that are left."""
    canvas = Canvas(str(path), invariant=1)
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.save()
    fonts = Fonts()
    with pdfplumber.open(path) as document:
        page = document.pages[0]
        printed = printed_on(page, fonts)
        found = tables_on(page, printed.shapes, printed.words, fonts)
    return [table.text for table in found], [word.text for word in printed.words]


def write(canvas, rows=ROWS, tops=TOPS):
    for row, top in zip(rows, tops, strict=False):
        for text, x in zip(row, LEFT, strict=False):
            for line, part in enumerate(text.split("\n")):
                canvas.drawString(x + 4, top - 14 - 12 * line, part)


def test_a_table_with_rules_around_its_cells(tmp_path):
    def draw(canvas):
        canvas.grid(LEFT, TOPS)
        write(canvas)
        canvas.drawString(72, 600, "Prices in pounds")

    assert tables(tmp_path / "a.pdf", draw) == ([PIPES], ["Prices", "in", "pounds"])


def test_a_table_of_boxes(tmp_path):
    def draw(canvas):
        for x in LEFT[:-1]:
            for top in TOPS[:-1]:
                canvas.rect(x, top - 20, 100, 20)
        write(canvas)

    assert tables(tmp_path / "a.pdf", draw)[0] == [PIPES]


def test_a_table_without_rules_at_its_sides(tmp_path):
    def draw(canvas):
        for top in TOPS:
            canvas.line(LEFT[0], top, LEFT[-1], top)
        for x in LEFT[1:-1]:
            canvas.line(x, TOPS[0], x, TOPS[-1])
        write(canvas)

    assert tables(tmp_path / "a.pdf", draw)[0] == [PIPES]


def test_a_table_with_rules_above_and_below_alone(tmp_path):
    def draw(canvas):
        for top in (TOPS[0], TOPS[1], TOPS[3]):
            canvas.line(LEFT[0], top, LEFT[-1], top)
        write(canvas)

    assert tables(tmp_path / "a.pdf", draw)[0] == [PIPES]


def test_a_row_goes_on_below_where_its_first_cell_is_empty(tmp_path):
    def draw(canvas):
        for top in (700, 680, 620):
            canvas.line(LEFT[0], top, LEFT[-1], top)
        write(
            canvas,
            [("Item", "Price"), ("Bolt", "2 for one,"), ("", "3 for two"), ("galvanised", "")],
            [700, 680, 668, 656],
        )

    assert tables(tmp_path / "a.pdf", draw)[0] == [
        "| Item | Price |\n| --- | --- |\n| Bolt galvanised | 2 for one, 3 for two |"
    ]


def test_lines_in_a_cell_are_joined_and_many_of_them_are_rows(tmp_path):
    def draw(canvas):
        canvas.grid(LEFT[:3], [700, 660, 600])
        write(canvas, [("How to in-\nstall it", "Price"), ("a\nb\nc\nd", "1\n2\n3\n4")], [700, 660])

    rows = "".join(f"\n| {letter} | {number} |" for letter, number in zip("abcd", "1234", strict=True))
    assert tables(tmp_path / "a.pdf", draw)[0] == ["| How to install it | Price |\n| --- | --- |" + rows]


@pytest.mark.parametrize("kind", ["frame", "underlined", "grid", "drawing"])
def test_what_is_no_table(tmp_path, kind):
    def draw(canvas):
        if kind == "frame":
            canvas.rect(70, 630, 300, 80)
        if kind == "underlined":
            for top in (700, 680, 660):
                canvas.line(72, top, 372, top)
        if kind == "grid":
            canvas.grid(range(72, 400, 4), range(500, 740, 4))
        if kind == "drawing":
            for number in range(4000):
                canvas.line(72 + number / 20, 500, 72 + number / 20, 700)
        canvas.drawString(74, 685, "Never solder to a cell, whatever you do.")
        canvas.drawString(74, 665, "It may burst into flames and hurt you.")

    assert tables(tmp_path / "a.pdf", draw)[0] == []
