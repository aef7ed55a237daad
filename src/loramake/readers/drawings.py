"""Charts and diagrams of Office documents: their titles, figures and words.

Format: DrawingML (ECMA-376, part 1, sections 21.2 and 21.4).
"""

from collections.abc import Iterator
from typing import Any

from loramake.readers import rich_text
from loramake.readers.rich_text import Cell

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_MOST_POINTS = 1_000  # of a series; more of them show no more than the data that it draws
_NO_WORDS = {"pres", "sibTrans", "parTrans"}


def parts_of(element: Any) -> Iterator[str]:
    """The ids of the parts with charts and diagrams that are drawn in `element`, in order."""
    for drawn in element.iter(f"{CHART}chart", f"{DIAGRAM}relIds"):
        if part := drawn.get(f"{RELATION}{'id' if drawn.tag == f'{CHART}chart' else 'dm'}"):
            yield part


def blocks_of(root: Any) -> list[str]:
    """The blocks of a part with a chart or a diagram."""
    return _diagram(root) if root.tag.startswith(DIAGRAM) else _chart(root)


def _diagram(root: Any) -> list[str]:
    points = root.iter(f"{DIAGRAM}pt")
    said = (_words(point) for point in points if point.get("type") not in _NO_WORDS)
    return rich_text.listed(("-", [words]) for words in said if words)


def _chart(root: Any) -> list[str]:
    """The title, and a table with a column for each series."""
    title = root.find(f"{CHART}chart/{CHART}title")
    series = list(root.iter(f"{CHART}ser"))
    columns = [_points(one, "val") or _points(one, "yVal") for one in series]
    names = next(filter(None, (_points(one, "cat") or _points(one, "xVal") for one in series)), {})
    places = sorted({*names, *(place for column in columns for place in column)})[:_MOST_POINTS]
    rows = [["", *(_name(one) for one in series)]]
    rows += [[names.get(place, ""), *(column.get(place, "") for column in columns)] for place in places]
    heading = rich_text.paragraph(_words(title)) if title is not None else []
    return heading + rich_text.table([[Cell([cell] if cell else []) for cell in row] for row in rows])


def _points(series: Any, axis: str) -> dict[int, str]:
    """The values that the chart was last drawn with, by their place."""
    found: dict[int, str] = {}
    for axis_element in series.findall(CHART + axis):
        for point in axis_element.iter(f"{CHART}pt"):
            if (place := point.get("idx", "")).isdecimal():
                found.setdefault(int(place), _number(point.findtext(f"{CHART}v") or ""))
    return found


def _number(text: str) -> str:
    """A figure without the noise of its binary form."""
    try:
        return f"{float(text):.15g}" if "." in text and "e" not in text.lower() else text
    except ValueError:
        return text


def _name(series: Any) -> str:
    return " ".join(element.text or "" for name in series.findall(f"{CHART}tx") for element in name.iter(f"{CHART}v"))


def _words(element: Any) -> str:
    """The text of the paragraphs inside, on one line."""
    paragraphs = ("".join(run.text or "" for run in p.iter(f"{DRAWING}t")) for p in element.iter(f"{DRAWING}p"))
    return " ".join(" ".join(paragraphs).split())
