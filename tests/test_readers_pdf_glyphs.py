import pdfplumber
import pytest
from reportlab.pdfgen.canvas import Canvas

from loramake.readers.pdf_glyphs import Fonts, Glyph, _without_unmapped, _words, printed_on


def printed(path, draw, fonts=None, **options):
    canvas = Canvas(str(path), invariant=1, **options)
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.save()
    with pdfplumber.open(path) as document:
        return printed_on(document.pages[0], fonts or Fonts())


def glyphs(text, x=72.0, *, gap=0.0, font="F", size=10.0, base=100.0):
    """Glyphs of half the size's width, with `gap` points between them; a space is but a gap."""
    found = []
    for letter in text:
        if letter != " ":
            found.append(Glyph(letter, x, x + size / 2, base - 0.75 * size, base + 0.25 * size, size, font))
        x += size / 2 + gap
    return found


def texts(some_glyphs):
    return [word.text for word in _words(some_glyphs)]


def test_words_have_their_place_from_the_top(tmp_path):
    words = printed(
        tmp_path / "a.pdf", lambda canvas: canvas.drawString(72, 742, "high water"), pagesize=(600, 800)
    ).words
    assert [word.text for word in words] == ["high", "water"]
    assert words[0].x0 == 72
    assert words[0].top < 800 - 742 < words[0].bottom
    assert words[1].spaced


def test_words_that_stand_close_are_not_glued(tmp_path):
    def tight(canvas):
        x = 72.0
        for word in ("set", "tightly", "by", "TeX"):
            canvas.drawString(x, 400, word)
            x += canvas.stringWidth(word) + 2.2

    assert [word.text for word in printed(tmp_path / "a.pdf", tight).words] == ["set", "tightly", "by", "TeX"]


@pytest.mark.parametrize(("gap", "words"), [(-1.0, 1), (0.0, 1), (1.0, 1), (2.0, 4), (-6.0, 4)])
def test_a_gap_parts_words_and_kerning_does_not(gap, words):
    assert len(texts(glyphs("tide", gap=gap))) == words


def test_another_font_begins_a_word():
    assert texts([*glyphs("no", 72), *glyphs("mad", 82, font="G")]) == ["no", "mad"]


@pytest.mark.parametrize(
    ("over", "letter", "word"),
    [("´", "e", "é"), ("¨", "u", "ü"), ("`", "f", "`f"), ("\u0301", "e", "é"), ("ˇ", "q", "ˇq")],
)
def test_an_accent_printed_over_a_letter_is_one_with_it(over, letter, word):
    assert texts([*glyphs("a", 72), *glyphs(over, 77), *glyphs(letter, 77), *glyphs("z", 82)]) == [f"a{word}z"]


def test_an_accent_beside_a_letter_is_a_sign():
    assert texts(glyphs("`make`")) == ["`make`"]


def test_a_combining_accent_over_a_space_is_a_sign():
    space = Glyph("\u00a0", 67, 72, 92.5, 102.5, 10, "F")
    assert texts([space, *glyphs("\u0300", 72), *glyphs("unstable", 72)]) == ["`unstable"]


def test_what_is_printed_twice_to_look_bold_is_read_once(tmp_path):
    def bold(canvas):
        canvas.drawString(72, 700, "strong words")
        canvas.drawString(72.3, 700, "strong words")
        canvas.drawString(72, 600, "strong words")

    assert [word.text for word in printed(tmp_path / "a.pdf", bold).words] == ["strong", "words"] * 2


@pytest.mark.parametrize(("angle", "origin"), [(90, (100, -300)), (-90, (-500, 300))])
def test_turned_lines_are_turned_back(tmp_path, angle, origin):
    def turned(canvas):
        canvas.rotate(angle)
        canvas.drawString(*origin, "read me")
        canvas.drawString(origin[0], origin[1] - 20, "next line")

    found = printed(tmp_path / "a.pdf", turned)
    first, *_, last = found.turned[0]
    assert (first.text, last.text) == ("read", "line")
    assert first.top < last.top
    assert first.x0 < last.x0
    assert not found.words


def test_what_is_no_letter_is_counted():
    words = list(_words(glyphs("a\ue000b \ue001 \uf0b7")))
    assert _without_unmapped(words) == 2
    assert [word.text for word in words] == ["ab", "•"]


def test_a_watermark_on_a_slant_is_counted(tmp_path):
    slanted = printed(tmp_path / "a.pdf", lambda canvas: (canvas.rotate(45), canvas.drawString(400, 100, "DRAFT")))
    assert (slanted.words, slanted.lost) == ([], 5)


def test_what_lies_far_off_the_page_is_left_out(tmp_path):
    def far(canvas):
        canvas.drawString(72, 700, "here")
        canvas.drawString(9e6, 9e6, "there")

    assert [word.text for word in printed(tmp_path / "a.pdf", far).words] == ["here"]


@pytest.mark.parametrize(
    ("font", "text", "mono", "bold"),
    [
        ("Helvetica", "will move", False, False),
        ("Courier-Bold", "will move", True, True),
        ("Courier", "xx", True, False),
        ("Times-Bold", "xx", False, True),
    ],
)
def test_fonts_are_known_by_their_widths_or_their_names(tmp_path, font, text, mono, bold):
    fonts = Fonts()
    printed(tmp_path / "a.pdf", lambda canvas: (canvas.setFont(font, 10), canvas.drawString(72, 700, text)), fonts)
    assert (fonts.is_mono(font), fonts.is_bold(font)) == (mono, bold)
