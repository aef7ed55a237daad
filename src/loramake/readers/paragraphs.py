"""Paragraphs as word processors have them, one after the other, each with its style -> blocks of Markdown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from loramake.readers import marks, rich_text
from loramake.readers.rich_text import Verbatim


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`level` is that of a heading, `depth` how deep it stands in lists, both from 1; 0 for neither.

    `label` is the number or bullet that is shown in front of it; an item without one goes on with what was said before.
    A line of code has no other style.
    """

    text: str
    level: int = 0
    depth: int = 0
    label: str = ""
    is_code: bool = False


Flow = Iterable[Paragraph | list[str]]
BULLET = "-"


def blocks_of(flow: Flow) -> list[str]:
    """The blocks of paragraphs, and of lists of blocks among them.

    A list's items, and a listing's lines, make up one block; a list goes on after code or a table.
    """
    blocks: list[str] = []
    depths: list[int] = []
    pieces = (piece for piece in flow if piece)
    for kind, run in groupby(pieces, key=_kind):
        if kind == "items":
            blocks.append("\n".join(_items(run, depths)))
        elif kind == "code":
            blocks += rich_text.code("\n".join(piece.text for piece in run if isinstance(piece, Paragraph)))
        else:
            written = [block for piece in run for block in (piece if isinstance(piece, list) else _paragraph(piece))]
            blocks += written
            if not all(isinstance(block, Verbatim) for block in written):
                depths.clear()
    return blocks


def _kind(piece: Paragraph | list[str]) -> str:
    if isinstance(piece, list):
        return "blocks"
    if piece.is_code:
        return "code"
    return "items" if piece.depth and not piece.level and piece.text.strip() else "text"


def _paragraph(paragraph: Paragraph) -> list[str]:
    text = paragraph.text.strip()
    if paragraph.level and text:
        return [marks.heading(paragraph.level, f"{paragraph.label} {text}".replace("\f", " "))]
    return rich_text.paragraph(text)


def _items(run: Flow, depths: list[int]) -> Iterator[str]:
    """The items' lines. An item stands one step deeper than the one that it belongs to, however deep it says.

    `depths` are those of the items that the next one may belong to.
    """
    for item in run:
        if isinstance(item, Paragraph):
            depths[:] = [*(depth for depth in depths if depth < item.depth), item.depth]
            pad = "  " * (len(depths) - 1)
            text = "\n".join(rich_text.paragraph(item.text.strip()))
            yield f"{pad}{item.label or ' '} " + text.replace("\n", f"\n{pad}  ")


class Notes:
    """Footnotes and endnotes: a mark where each is called, and what they say at the end."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._said: dict[str, list[str]] = {}

    def mark(self, name: str) -> str:
        """What stands where the note `name` is called. They count from 1, in the order of the calls."""
        return self._marks.setdefault(name, f"[^{len(self._marks) + 1}]")

    def say(self, name: str, blocks: list[str]) -> None:
        """What the note `name` says."""
        self._said[name] = blocks

    def unsaid(self) -> list[str]:
        """The notes that are called and have not said anything."""
        return [name for name in self._marks if name not in self._said]

    def blocks(self) -> list[str]:
        """A block for each note that is called and says something, in Markdown's way."""
        return [
            f"{mark}: " + "\n\n".join(said).replace("\n", "\n    ").replace("\n    \n", "\n\n")
            for name, mark in self._marks.items()
            if (said := self._said.get(name))
        ]
