"""What Office documents have in common: relationships between their parts, and title, author and date.

Format: Open Packaging Conventions (ECMA-376, part 2).
"""

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from loramake.errors import SourceError
from loramake.readers import packages
from loramake.readers.dates import iso_date
from loramake.readers.packages import Package, not_a, parsed_xml

COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_NO_TITLES = {"powerpoint presentation", "powerpoint-präsentation", "présentation powerpoint", "slide 1"}
_NO_AUTHORS = {"openpyxl", "python-docx", "python-pptx", "apache poi", "xlsxwriter", "unknown", "un-named"}
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_DATES = ("{http://purl.org/dc/terms/}modified", "{http://purl.org/dc/terms/}created")


@dataclass(frozen=True, slots=True)
class Relationship:
    """`kind` is the last word of its type: `styles`, say. `target` is the name of a part, or an address elsewhere."""

    kind: str
    target: str
    is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class Properties:
    """What a document says of itself."""

    title: str | None = None
    author: str | None = None
    date: str | None = None


def transitional(data: bytes) -> bytes:
    """XML in the namespaces that everybody uses; those of "Strict Open XML" say the same."""
    return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", data) if b"purl.oclc.org" in data else data


def part(package: Package, name: str) -> Any:
    """The root element of a part. Raises SourceError as `Package.xml` does."""
    return parsed_xml(transitional(package.read(name)), name)


def copied(package: Package, change: Callable[[str, bytes], bytes]) -> BytesIO:
    """The package for a library that reads all of one: its XML as `change` makes it of name and bytes, the rest empty.

    Raises SourceError as `Package.xml` does.
    """
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name in package.names:
            data = b""
            if name.lower().endswith((".xml", ".rels")):
                data = change(name, transitional(package.read(name)))
                packages.refuse_entities([data])
            target.writestr(zipfile.ZipInfo(name), data)
    made.seek(0)
    return made


def relationships(package: Package, name: str) -> dict[str, Relationship]:
    """By id, those of the part `name`, or of the package itself for ""."""
    folder, _, file = name.rpartition("/")
    rels = posixpath.join(folder, "_rels", f"{file}.rels")
    if rels not in package:
        return {}
    return {row.get("Id", ""): _relationship(row, folder) for row in package.xml(rels)}


def _relationship(row: Any, folder: str) -> Relationship:
    target, is_elsewhere = row.get("Target", ""), row.get("TargetMode") == "External"
    if not is_elsewhere:
        target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
    return Relationship(row.get("Type", "").rpartition("/")[2], target, is_elsewhere)


def main_part(package: Package, kind: str, root: str) -> tuple[str, Any]:
    """Name and root of the part that is the document. Raises SourceError `not_a_<kind>` if `root` is not its tag."""
    for row in relationships(package, "").values():
        if row.kind == "officeDocument" and row.target in package:
            element = part(package, row.target)
            if element.tag == root:
                return row.target, element
    raise SourceError(not_a(kind), f"a ZIP archive that holds no {kind}, or a damaged one")


def properties(package: Package) -> Properties:
    """Title, author and date as the document has them; none that are made up."""
    for row in relationships(package, "").values():
        if row.kind in ("core-properties", "coreProperties") and row.target in package:
            try:
                return _properties(part(package, row.target))
            except SourceError as error:
                if error.reason != "damaged":
                    raise
    return Properties()


def _properties(core: Any) -> Properties:
    title, author = _said(core, _TITLE), _said(core, _CREATOR)
    dates = (iso_date(_said(core, name)) for name in _DATES)
    return Properties(
        title if title and title.lower() not in _NO_TITLES else None,
        author if author and author.lower() not in _NO_AUTHORS else None,
        next(filter(None, dates), None),
    )


def _said(core: Any, name: str) -> str | None:
    return " ".join("".join(core.findtext(name, "")).split()) or None
