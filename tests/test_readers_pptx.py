import zipfile

import pptx
import pytest
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from loramake.errors import SourceError
from loramake.readers.pptx import read
from loramake.recipe.source import Source

TITLE_ONLY, BULLETS, BLANK = 5, 1, 6


@pytest.fixture
def deck():
    return pptx.Presentation()


def slide(deck, layout, title=""):
    made = deck.slides.add_slide(deck.slide_layouts[layout])
    if title:
        made.shapes.title.text = title
    return made


def box(made, words, left=1, top=1, height=1):
    frame = made.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(height)).text_frame
    frame.text = words
    return frame


def reading(tmp_path, deck, **source):
    path = tmp_path / "deck.pptx"
    deck.save(path)
    return read(path, Source(files=["*"], **source))


def pages(tmp_path, deck):
    return reading(tmp_path, deck).parsed[0].text.split("\f")


def test_a_slide_is_a_page_with_its_title_and_bullets(tmp_path, deck):
    frame = slide(deck, BULLETS, "Pumps\vof the yard").shapes.placeholders[1].text_frame
    for level, words in enumerate(["main", "spare", "old"]):
        paragraph = frame.paragraphs[0] if not level else frame.add_paragraph()
        paragraph.text, paragraph.level = words, level
    box(slide(deck, TITLE_ONLY, "Next"), "no bullet")
    assert pages(tmp_path, deck) == ["# Pumps of the yard\n\n- main\n  - spare\n    - old", "# Next\n\nno bullet"]
    (page,) = reading(tmp_path, deck).parsed
    assert (page.page, page.section) == (1, "Pumps of the yard")


def test_bullets_and_numbers_are_as_they_are_drawn(tmp_path, deck):
    frame = slide(deck, BULLETS).shapes.placeholders[1].text_frame
    marks = ["<a:buNone/>", '<a:buAutoNum type="arabicPeriod" startAt="3"/>', '<a:buAutoNum type="arabicPeriod"/>']
    marks += ['<a:buAutoNum type="alphaLcParenBoth"/>', '<a:buAutoNum type="romanUcPeriod"/>']
    for number, markup in enumerate(marks):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        paragraph.text, paragraph.level = str(number), max(0, number - 2)
        names = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        paragraph._p.get_or_add_pPr().append(etree.fromstring(markup.replace("/>", f" {names}/>")))
    assert pages(tmp_path, deck) == ["0\n\n3. 1\n4. 2\n  (a) 3\n    I. 4"]


def test_shapes_are_read_row_by_row_and_from_left_to_right(tmp_path, deck):
    made = slide(deck, BLANK)
    for words, left, top in [("last", 1, 5), ("right", 5, 1.1), ("left", 1, 1.2), ("below", 1, 3)]:
        box(made, words, left, top)
    assert pages(tmp_path, deck) == ["left\n\nright\n\nbelow\n\nlast"]


def test_a_group_is_read_where_it_stands(tmp_path, deck):
    made = slide(deck, BLANK)
    box(made, "under it", top=4)
    group = made.shapes.add_group_shape()
    for words, left in [("second", 3), ("first", 1)]:
        group.shapes.add_textbox(Inches(left), Inches(1), Inches(1), Inches(1)).text_frame.text = words
    assert pages(tmp_path, deck) == ["first\n\nsecond\n\nunder it"]


def test_tables_keep_their_rows_and_merged_cells_are_not_repeated(tmp_path, deck):
    table = slide(deck, BLANK).shapes.add_table(2, 3, Inches(1), Inches(1), Inches(5), Inches(2)).table
    for cell, words in zip(table.iter_cells(), ["Item", "x", "Price", "Bolt", "M8", "2"], strict=True):
        cell.text = words
    table.cell(0, 1).text = ""
    table.cell(0, 0).merge(table.cell(0, 1))
    assert pages(tmp_path, deck) == ["| Item |  | Price |\n| --- | --- | --- |\n| Bolt | M8 | 2 |"]


def test_a_chart_is_its_figures(tmp_path, deck):
    data = CategoryChartData()
    data.categories = ["May", "June"]
    data.add_series("Pumps", (1, 2.5))
    place = [Inches(number) for number in (1, 1, 4, 4)]
    slide(deck, BLANK).shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)
    assert pages(tmp_path, deck) == ["|  | Pumps |\n| --- | --- |\n| May | 1 |\n| June | 2.5 |"]


def test_the_notes_of_the_speaker_come_last(tmp_path, deck):
    made = slide(deck, TITLE_ONLY, "Pumps")
    made.notes_slide.notes_text_frame.text = "Say this.\nAnd that."
    assert pages(tmp_path, deck) == ["# Pumps\n\nNotes:\n\nSay this.\n\nAnd that."]


def test_hidden_slides_are_empty_pages_and_named(tmp_path, deck):
    for title in ("one", "two", "three"):
        slide(deck, TITLE_ONLY, title)
    deck.slides[1]._element.set("show", "0")
    (page,) = reading(tmp_path, deck).parsed
    assert (page.text, page.meta) == ("# one\f\f# three", {"hidden_slides": [2]})


def test_what_all_slides_repeat_is_left_out(tmp_path, deck):
    made = slide(deck, TITLE_ONLY, "Pumps")
    for placeholder in deck.slide_layouts[TITLE_ONLY].placeholders:
        if placeholder.placeholder_format.idx >= 10:
            made.shapes.clone_placeholder(placeholder)
    for shape in made.placeholders:
        shape.text_frame.text = "Pumps" if shape.placeholder_format.idx == 0 else "repeated"
    assert pages(tmp_path, deck) == ["# Pumps"]


def test_lines_of_code_are_known_by_their_typeface(tmp_path, deck):
    frame = box(slide(deck, BLANK), "make\vmake test")
    for run in frame.paragraphs[0].runs:
        run.font.name = "Consolas"
    assert pages(tmp_path, deck) == ["```\nmake\nmake test\n```"]


def changed(tmp_path, deck, change, name="ppt/slides/slide1.xml"):
    full, path = tmp_path / "full.pptx", tmp_path / "deck.pptx"
    deck.save(full)
    with zipfile.ZipFile(full) as source, zipfile.ZipFile(path, "w") as target:
        for member in source.namelist():
            data = source.read(member)
            target.writestr(member, change(data) if member == name else data)
    return path


def test_an_equation_is_text(tmp_path, deck):
    box(slide(deck, BLANK), "E = ")
    names = {
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "a14": "http://schemas.microsoft.com/office/drawing/2010/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    }
    declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in names.items())
    power = "<m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    markup = f"<a14:m><m:oMath>{power}</m:oMath></a14:m>"

    def with_math(data):
        shape = data[data.index(b"<p:sp>") : data.index(b"</p:sp>") + len(b"</p:sp>")]
        math = shape.replace(b"</a:r>", f"</a:r>{markup}".encode())
        choice = f"<mc:AlternateContent {declared}><mc:Choice>".encode() + math + b"</mc:Choice><mc:Fallback>"
        return data.replace(shape, choice + shape + b"</mc:Fallback></mc:AlternateContent>")

    assert read(changed(tmp_path, deck, with_math), Source(files=["*"])).parsed[0].text == "E = c^2"


def test_a_broken_slide_is_refused_alone(tmp_path, deck):
    slide(deck, TITLE_ONLY, "one")
    slide(deck, TITLE_ONLY, "two")

    def lost(data):
        return data.replace(b"slides/slide1.xml", b"NULL")

    made = read(changed(tmp_path, deck, lost, "ppt/_rels/presentation.xml.rels"), Source(files=["*"]))
    assert (made.parsed[0].text, [refused.part for refused in made.refused]) == ("\f# two", ["slide 1"])


def test_more_slides_than_the_limit_are_refused(tmp_path, deck):
    for _ in range(3):
        slide(deck, TITLE_ONLY, "x")
    with pytest.raises(SourceError) as refused:
        reading(tmp_path, deck, limit={"pages": 2})
    assert refused.value.reason == "too_many_pages"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[:-20], "damaged"),
        (lambda data: b'<!DOCTYPE a [<!ENTITY x "ha">]>' + data[data.index(b"?>") + 2 :], "entities"),
        (lambda data: data, "no_text"),
    ],
)
def test_a_broken_presentation_is_refused(tmp_path, deck, change, reason):
    slide(deck, BLANK)
    with pytest.raises(SourceError) as refused:
        read(changed(tmp_path, deck, change), Source(files=["*"]))
    assert refused.value.reason == reason


def test_a_document_that_is_no_presentation_is_refused(tmp_path):
    path = tmp_path / "deck.pptx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    with pytest.raises(SourceError) as refused:
        read(path, Source(files=["*"]))
    assert refused.value.reason == "not_a_pptx"
