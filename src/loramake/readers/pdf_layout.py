"""Lines on pages, with their sizes and places -> text with headings, paragraphs, listings and whole words."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from loramake.readers import marks
from loramake.readers.pdf_columns import margin
from loramake.readers.pdf_contents import LEADERS, contents_in, entries
from loramake.readers.pdf_headings import LINES as HEADING_LINES
from loramake.readers.pdf_headings import Bookmark, Headings, body_size
from loramake.readers.pdf_lines import GAP, Line
from loramake.readers.pdf_words import Words
from loramake.records import PAGE_BREAK

_BULLET = re.compile(r"^[•◦▪‣●○■□∙]\s*|^[–·]\s+")
_ITEM = re.compile(r"- |(?:\(?(?:\d{1,3}|[a-z])[.)]|\[\d{1,3}\])\s")
_PATH = re.compile(r"((?:^|\s)(?!\S{0,2000}://)\S{0,2000}[\w.~]/)\n(?=[\w.~])")
_UNSPACED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")  # Chinese, Japanese
_PARTED = re.compile(r"[^\W\d_][-\u00ad\u2010]$")
_MARKER = re.compile(rf"^(?:[•◦▪‣●○■□∙–·-]|\(?\w{{1,3}}[.)]|\[\d+\]){GAP}")  # of an item in a list
_STRETCHED = re.compile(rf"{GAP}\S+$")  # as in a table of contents
_FOOTNOTE = re.compile(r"^([\d⁰-⁹]{1,3})(?=[A-Z“\"])")  # a number in raised type that the file does not show as raised
_SENTENCE_ENDS = (".", "!", "?", ":", ";")
_ADDRESS = re.compile(r"((?:://|\bwww\.)\S{0,2000}[/._=&?#-])\n(?=[a-z\d]\S{0,2000}[/.#?=])")

_MOST_MONO = 0.85  # of all characters; beyond it monospaced type is no sign of code
_INDENT = 0.8  # times the size: how far the first line of a paragraph is set in
_SPACE = 0.25  # times the size: as wide is a space
_WORDS = 5  # in a line that goes on in the next one, where no margin tells
_APART = 0.4  # times the size, beyond the usual space between lines: a new block begins
_OFTEN = 0.02  # of all lines: so many end at a margin
_EMPTY_LINE = 0.6  # times the size, beyond the usual space: an empty line in a listing
_SAME_CODE = 2.0  # times the size: parts of a listing that stand as close are one

_TEXT, _CODE, _TABLE = "text", "code", "table"


def text_of(pages: Sequence[Sequence[Line]], outline: Iterable[Bookmark] = ()) -> str:
    """The text of a document, its pages parted by PAGE_BREAK on a line of its own."""
    document = _Document(pages, outline)
    text = f"\n{PAGE_BREAK}\n".join("\n\n".join(document.blocks(page)) for page in pages)
    return document.words.mend_across_pages(text)


def _line_space(pages: Sequence[Sequence[Line]]) -> float:
    """The usual space between two lines, in points."""
    return median([gap for page in pages for above, below in pairwise(page) if (gap := _gap(above, below)) >= 0] or [0])


def _gap(above: Line, below: Line) -> float:
    return below.top - above.bottom


class _Document:
    """What all pages together tell, and the blocks of each."""

    def __init__(self, pages: Sequence[Sequence[Line]], outline: Iterable[Bookmark]) -> None:
        self.words = Words("\n".join(line.text for page in pages for line in page))
        self._headings = Headings(pages, outline)
        self._body = body_size(pages)
        self._space = _line_space(pages)
        self._margins = _margins(pages)
        lengths = [(len(line.text), line.pitch > 0) for page in pages for line in page]
        self._has_code = sum(n for n, mono in lengths if mono) <= _MOST_MONO * sum(n for n, _ in lengths)

    def blocks(self, page: Sequence[Line]) -> Iterator[str]:
        """The blocks of a page: headings, paragraphs, lists, tables and listings."""
        contents = contents_in(page)
        if contents:
            yield from self._blocks(page[: contents.start])
            titles = entries(page[contents.start : contents.stop])
            yield "\n".join(marks.plain(_tidy(self._unbroken(title))) for title in titles)
            page = page[contents.stop :]
        yield from self._blocks(page)

    def _blocks(self, page: Sequence[Line]) -> Iterator[str]:
        for kind, lines in self._runs(page):
            if kind == _TABLE:
                yield lines[0].text
            elif kind == _CODE:
                yield _listing(lines, self._space)
            elif kind == _TEXT or len(lines) > HEADING_LINES:
                yield from self._prose(lines)
            else:
                yield marks.heading(int(kind), _tidy(self._joined(lines)))

    def _runs(self, page: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
        """Lines of one kind that stand close together."""
        kinds = self._kinds(page)
        run: list[Line] = []
        for number, line in enumerate(page):
            same = number and kinds[number] == kinds[number - 1] and not self._headings.begin_with(line)
            if run and not (same and self._go_together(run[-1], line, kinds[number])):
                yield kinds[number - 1], run
                run = []
            run.append(line)
        if run:
            yield kinds[-1], run

    def _kinds(self, page: Sequence[Line]) -> list[str]:
        """What each line is: table, code, text, or the level of a heading; code within a paragraph is text."""
        kinds = [self._kind(line) for line in page]
        for number, (above, line) in enumerate(pairwise(page), 1):
            if kinds[number] == _CODE and kinds[number - 1] == _TEXT and not self._is_apart(above, line):
                alone = _CODE not in kinds[number + 1 : number + 2]
                set_off = line.is_numbered or above.text.endswith(":") or _is_set_in(above, line)
                if not set_off and (alone or self._wraps([above], line)):
                    kinds[number] = _TEXT
        for number, line in enumerate(page):
            level = self._headings.if_alone(line) if kinds[number] == _TEXT else 0
            if level and self._is_alone(page, number):
                kinds[number] = str(level)
        return kinds

    def _is_alone(self, page: Sequence[Line], number: int) -> bool:
        """Whether the line stands apart from what is above, and none of what is below it goes on with it."""
        line = page[number]
        if number and not self._is_apart(page[number - 1], line):
            return False
        return number + 1 == len(page) or not self._wraps([line], page[number + 1])

    def _kind(self, line: Line) -> str:
        if line.is_table:
            return _TABLE
        is_code = line.pitch and (self._has_code or line.is_numbered)
        level = self._headings.in_outline(line) or (0 if is_code else self._headings.by_size(line))
        return str(level) if level else _CODE if is_code else _TEXT

    def _go_together(self, above: Line, below: Line, kind: str) -> bool:
        if kind == _TABLE:
            return False
        if below.top < above.top:  # at the top of the next column
            return kind == _TEXT and self._wraps([above], below) and _runs_on(above, below)
        if kind == _CODE:
            return _gap(above, below) <= _SAME_CODE * below.size
        return not self._is_apart(above, below)

    def _is_apart(self, above: Line, below: Line) -> bool:
        return abs(_gap(above, below)) > self._space + _APART * min(above.size, below.size)

    def _prose(self, lines: Sequence[Line]) -> Iterator[str]:
        """Paragraphs, each on one line; items of lists and other short lines stand one below the other."""
        paragraphs: list[list[Line]] = []
        edge = margin(min(line.x0 for line in lines), [line.x1 for line in lines])
        for line in lines:
            if paragraphs and self._wraps(paragraphs[-1], line, edge):
                paragraphs[-1].append(line)
            else:
                paragraphs.append([line])
        block: list[str] = []
        for number, paragraph in enumerate(paragraphs):
            text = marks.plain(_tidy(self._joined(paragraph)))
            long = len(paragraph) > 1 or (number and len(paragraphs[number - 1]) > 1)
            if block and long and not _ITEM.match(text) and not _ITEM.match(block[-1]):
                yield "\n".join(block)
                block = []
            block.append(text)
        yield "\n".join(block)

    def _wraps(self, paragraph: Sequence[Line], below: Line, edge: float = 0.0) -> bool:
        """Whether a line was broken for want of room: the first word of the next one would not have fitted.

        `edge` is the right margin, in points, where it is not that of the column.
        """
        above = paragraph[-1]
        if _begins_anew(paragraph, below):
            return False
        if _PARTED.search(above.text) and below.text[:1].islower():
            return True
        right = edge or above.right or next((end for end in self._margins if end >= above.x1 - 1), 0.0)
        if not right:
            return _runs_on(above, below) and above.text.count(" ") >= _WORDS
        return right - above.x1 < below.first + _SPACE * above.size

    def _joined(self, lines: Sequence[Line]) -> str:
        text = self._unbroken("\n".join(line.text.strip() for line in lines))
        return _FOOTNOTE.sub(r"\1 ", text) if lines[0].size < self._body else text

    def _unbroken(self, text: str) -> str:
        """`text` on one line, its words, addresses and paths whole."""
        text = self.words.mend(text)
        text = _PATH.sub(r"\1", _ADDRESS.sub(r"\1", text.replace("/-\n", "/\n")))
        text = _UNSPACED.sub("", text)
        return text.replace("\n", " ")


def _begins_anew(paragraph: Sequence[Line], below: Line) -> bool:
    """Whether a line is an item of a list, stands in columns, or is set in as the first of a paragraph."""
    above = paragraph[-1]
    if _BULLET.match(below.text) or LEADERS.search(above.text) or _STRETCHED.search(above.text):
        return True
    if (_ITEM.match(below.text) and above.text.endswith(_SENTENCE_ENDS)) or GAP in _MARKER.sub("", below.text):
        return True
    if below.left != above.left:
        return False
    if below.x0 < above.x0 - _INDENT * above.size:
        return len(paragraph) > 1
    return _is_set_in(above, below) and above.text.endswith(_SENTENCE_ENDS)


def _is_set_in(above: Line, below: Line) -> bool:
    """Whether a line stands further in than the one above, and not as the next line of an item does."""
    return below.x0 - above.x0 > _INDENT * above.size and not _ITEM.match(_tidy(above.text))


def _runs_on(above: Line, below: Line) -> bool:
    """Whether a sentence goes on in the next column."""
    return not above.text.endswith(_SENTENCE_ENDS) and below.text[:1].islower()


def _margins(pages: Sequence[Sequence[Line]]) -> list[float]:
    """Where lines end again and again: the right margins, in points."""
    ends = Counter(round(line.x1) for page in pages for line in page if not line.is_table)
    return sorted(end for end, count in ends.items() if count >= max(3, _OFTEN * ends.total()))


def _listing(lines: Sequence[Line], space: float) -> str:
    """Lines of code, with their indentation and empty lines."""
    left = min(line.x0 for line in lines)
    out: list[str] = []
    for above, line in pairwise([lines[0], *lines]):
        if out and _gap(above, line) > space + _EMPTY_LINE * line.size:
            out.append("")
        out.append(" " * round((line.x0 - left) / line.pitch) + line.text)
    return marks.fenced("\n".join(out))


def _tidy(text: str) -> str:
    """`text` with single spaces, its bullet as `- ` and the dots that lead to a page number as one sign."""
    return _BULLET.sub("- ", " ".join(LEADERS.sub(" … ", text).split()))
