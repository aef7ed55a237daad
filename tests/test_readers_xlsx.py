import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from loramake.errors import SourceError
from loramake.readers.xlsx import read
from loramake.recipe.source import Source


@pytest.fixture
def book():
    return openpyxl.Workbook()


def reading(tmp_path, book, **source):
    path = tmp_path / "book.xlsx"
    book.save(path)
    return read(path, Source(files=["*"], **source))


def text_of(tmp_path, book):
    return reading(tmp_path, book).parsed[0].text


def fill(sheet, *rows):
    for row in rows:
        sheet.append(list(row))


def test_a_sheet_is_a_section_with_its_table(tmp_path, book):
    book.active.title = "Orders"
    fill(book.active, ("Item", "Price"), ("Bolt", 2), ("Nut\nand washer", 0.5))
    fill(book.create_sheet("Notes"), ("Ask the foreman.",))
    table = "| Item | Price |\n| --- | --- |\n| Bolt | 2 |\n| Nut and washer | 0.5 |"
    assert text_of(tmp_path, book) == f"# Orders\n\n{table}\n\n# Notes\n\nAsk the foreman."
    assert reading(tmp_path, book).parsed[0].section == "Orders"


def test_values_are_as_they_are_shown(tmp_path, book):
    sheet = book.active
    fill(sheet, ("Share", "Price", "Paid", "Sent", "Seen"), (0.125, 1234.5, True, date(2024, 1, 31), "#N/A"))
    for cell, form in zip(sheet[2], ["0.0%", '"€"#,##0.00', "General", "d/m/yy", "General"], strict=True):
        cell.number_format = form
    assert text_of(tmp_path, book).endswith("| 12.5% | €1,234.50 | TRUE | 2024-01-31 | #N/A |")


def test_margins_and_columns_without_words_are_cut_off(tmp_path, book):
    book.active["C5"], book.active["E5"], book.active["C6"], book.active["E6"] = "a", "b", "c", "d"
    book.active["Z900"].number_format = "0.00"
    assert text_of(tmp_path, book) == "# Sheet\n\n| a | b |\n| --- | --- |\n| c | d |"


def test_words_around_a_table_are_paragraphs(tmp_path, book):
    fill(book.active, ("Stock of the yard",), (), ("Prices in euros",), ("Item", "Price"), ("Bolt", 2))
    fill(book.active, (), ("Foreman:", "Ada"), (), ("seen by", "Tom", "Eve"))
    _, *blocks = text_of(tmp_path, book).split("\n\n")
    table = "| Item | Price |\n| --- | --- |\n| Bolt | 2 |"
    assert blocks == ["Stock of the yard", "Prices in euros", table, "Foreman: Ada", "seen by | Tom | Eve"]


def test_a_table_goes_on_behind_an_empty_row(tmp_path, book):
    fill(book.active, ("Item", "Price"), ("Bolt", 2), (), ("Nut", 3), (), ("Name", "City"), ("Ada", "York"))
    _, first, second = text_of(tmp_path, book).split("\n\n")
    assert (first.count("\n"), second.split("\n")[0]) == (3, "| Name | City |")


def test_merged_cells_are_not_repeated(tmp_path, book):
    fill(book.active, ("2024", None, None), ("a", "b", "c"), (1, 2, 3))
    book.active.merge_cells("A1:C1")
    assert text_of(tmp_path, book) == "# Sheet\n\n2024\n\n| a | b | c |\n| --- | --- | --- |\n| 1 | 2 | 3 |"


def test_hidden_sheets_are_left_out_and_named(tmp_path, book):
    fill(book.active, ("seen",))
    for name, state in (("Lists", "hidden"), ("Deep", "veryHidden")):
        book.create_sheet(name).append(["unseen"])
        book[name].sheet_state = state
    (page,) = reading(tmp_path, book).parsed
    assert (page.text, page.meta) == ("# Sheet\n\nseen", {"hidden_sheets": ["Lists", "Deep"]})


def test_formulas_that_nobody_has_calculated_are_counted(tmp_path, book):
    fill(book.active, ("Sum", "=1+2", '=CONCAT("a")'))
    assert reading(tmp_path, book).parsed[0].meta == {"formulas_without_result": 2}


def test_title_author_and_date_come_from_the_properties(tmp_path, book):
    fill(book.active, ("words",))
    book.properties.title, book.properties.creator = "Stock", "Ada Quill"
    book.properties.modified = datetime(2024, 1, 31, 10)
    (page,) = reading(tmp_path, book).parsed
    assert (page.section, page.author) == ("Stock", "Ada Quill")
    assert page.date is not None


def test_the_name_of_a_program_is_no_author(tmp_path, book):
    fill(book.active, ("words",))
    assert reading(tmp_path, book).parsed[0].author is None


def changed(tmp_path, book, change, member="xl/worksheets/sheet1.xml"):
    full, path = tmp_path / "full.xlsx", tmp_path / "book.xlsx"
    book.save(full)
    with zipfile.ZipFile(full) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == member or member is None else data)
    return path


@pytest.mark.parametrize("dimension", [b"A1:A1", b"A1:XFD1048576"])
def test_dimensions_are_not_believed(tmp_path, book, dimension):
    fill(book.active, ("a", "b"), ("c", "d"))
    path = changed(tmp_path, book, lambda data: data.replace(b'ref="A1:B2"', b'ref="' + dimension + b'"'))
    assert read(path, Source(files=["*"])).parsed[0].text.endswith("| a | b |\n| --- | --- |\n| c | d |")


def test_a_cell_in_the_last_place_of_all_takes_no_memory(tmp_path, book):
    book.active["A1"], book.active["XFD1048576"] = "first", "last"
    assert text_of(tmp_path, book) == "# Sheet\n\nfirst\n\nlast"


def test_strict_open_xml_says_the_same(tmp_path, book):
    fill(book.active, ("a", "b"), ("c", "d"))

    def strict(data):
        name = b"http://schemas.openxmlformats.org/spreadsheetml/2006/"
        return data.replace(name, b"http://purl.oclc.org/ooxml/spreadsheetml/")

    path = changed(tmp_path, book, strict, None)
    assert read(path, Source(files=["*"])).parsed[0].text.endswith("| c | d |")


def test_a_broken_sheet_is_refused_alone(tmp_path, book):
    fill(book.active, ("a", "b"))
    fill(book.create_sheet("Good"), ("words",))
    made = read(changed(tmp_path, book, lambda data: data[:-30]), Source(files=["*"]))
    assert (made.parsed[0].text, [refused.part for refused in made.refused]) == ("# Good\n\nwords", ["sheet Sheet"])


def test_more_sheets_than_the_limit_are_refused(tmp_path, book):
    fill(book.create_sheet("Second"), ("words",))
    with pytest.raises(SourceError) as refused:
        reading(tmp_path, book, limit={"pages": 1})
    assert refused.value.reason == "too_many_pages"


@pytest.mark.parametrize(
    ("member", "change", "reason"),
    [
        ("xl/workbook.xml", lambda data: data[:-30], "damaged"),
        ("xl/styles.xml", lambda _: b'<!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>', "entities"),
        ("xl/worksheets/sheet1.xml", lambda data: data, "no_text"),
    ],
)
def test_a_broken_workbook_is_refused(tmp_path, book, member, change, reason):
    with pytest.raises(SourceError) as refused:
        read(changed(tmp_path, book, change, member), Source(files=["*"]))
    assert refused.value.reason == reason
