"""Workbooks (.xlsx, .xlsm): a sheet is a section, with its tables as they are shown.

Left out are hidden sheets, which are named, and formulas, of which the last results are read.
Format: SpreadsheetML (ECMA-376, part 1, section 18).
"""

import re
import warnings
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

import openpyxl

from loramake.errors import SourceError
from loramake.readers import marks, opc, packages
from loramake.readers.packages import Package
from loramake.readers.parsed import Parsed, Reading, Refused
from loramake.readers.xlsx_formats import GENERAL, shown
from loramake.readers.xlsx_tables import Row, blocks_of
from loramake.recipe.source import Source

READER = f"openpyxl {openpyxl.__version__}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MOST_ROWS = 2**20  # that a sheet can have
_STRICT = b"http://purl.oclc.org/ooxml/"
_NO_RESULT = re.compile(rb"(?:</f>|<f\b[^<>]*/>)(?:<v\s*/>|<v></v>)?</c>")
_UNSOUND = (KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, SyntaxError, BadZipFile, zlib.error)
_LONGEST = 200  # bytes of such an end


def read(path: Path, source: Source) -> Reading:
    """Read an .xlsx or .xlsm file; macros stay where they are.

    Raises SourceError `no_text`, `too_many_pages`, or what `packages.opened` and `Package.xml` raise.
    """
    with packages.opened(path, "xlsx", source) as package:
        name, _ = opc.main_part(package, "xlsx", f"{_MAIN}workbook")
        said, meta = opc.properties(package), _without_result(package)
        is_strict = _STRICT in package.read(name)
        stream: IO[bytes] = opc.copied(package, lambda _name, data: data) if is_strict else path.open("rb")
    with stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that it passes over
        sheets = _opened(stream)
        if len(sheets) > source.limit.pages:
            raise SourceError(
                "too_many_pages", f"{len(sheets):,} sheets, more than {source.limit.pages:,} (limit.pages)"
            )
        sections, refused = _sections(sheet for sheet in sheets if sheet.sheet_state == "visible")
    if not sections and not refused:
        raise SourceError("no_text", "nothing in the cells of the sheets that are shown")
    if hidden := [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]:
        meta["hidden_sheets"] = hidden
    text = "\n\n".join(sections)
    section = said.title or marks.first_heading(text)
    parsed = Parsed(text, section=section, author=said.author, date=said.date, meta=meta)
    return Reading(READER, [parsed] if sections else [], refused)


def _without_result(package: Package) -> dict[str, Any]:
    """How many formulas have no result in the file, because nothing has ever calculated it.

    Raises SourceError if its XML is not fit to be read.
    """
    count = 0
    for name in package.names:
        if name.lower().endswith((".xml", ".rels")):
            package.check([name])
            is_sheet = "/worksheets/" in name.replace("\\", "/").lower() and name.lower().endswith(".xml")
            count += _counted(package.blocks(name)) if is_sheet else 0
    return {"formulas_without_result": count} if count else {}


def _counted(blocks: Iterable[bytes]) -> int:
    count, rest = 0, b""
    for block in blocks:
        data = rest + block
        found = list(_NO_RESULT.finditer(data))
        count += len(found)
        rest = data[max(found[-1].end() if found else 0, len(data) - _LONGEST) :]
    return count


def _opened(stream: IO[bytes]) -> list[Any]:
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except (*_UNSOUND, OSError) as error:
        raise SourceError("damaged", f"the workbook cannot be opened ({type(error).__name__})") from error
    return list(book.worksheets)


def _sections(sheets: Iterable[Any]) -> tuple[list[str], list[Refused]]:
    """The text of each sheet that has any, below its name, and the sheets that cannot be read."""
    sections: list[str] = []
    refused: list[Refused] = []
    for sheet in sheets:
        try:
            blocks = list(blocks_of(_rows(sheet)))
        except _UNSOUND as error:
            refused.append(Refused(f"sheet {sheet.title}", f"damaged: {type(error).__name__}"))
        else:
            sections += ["\n\n".join([marks.heading(1, sheet.title), *blocks])] if blocks else []
    return sections, refused


def _rows(sheet: Any) -> Iterator[Row]:
    """The cells of each row that are shown, up to the last one that says something."""
    sheet.reset_dimensions()  # what a file says of them is often wrong
    for _, cells in zip(range(_MOST_ROWS), sheet.iter_rows(), strict=False):
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        yield Row(texts, any(cell.value is not None and not isinstance(cell.value, str) for cell in cells))


def _text(cell: Any) -> str:
    return "" if cell.value is None else shown(cell.value, cell.number_format or GENERAL).strip()
