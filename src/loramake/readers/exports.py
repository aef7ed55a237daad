"""The items of an export: issues or pages, in every shape in which a service gives a list of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from loramake.errors import SourceError
from loramake.readers.json_values import loads, records_of
from loramake.readers.long_texts import TOO_LONG, UTF_8, byte_lines, encoding_of, open_text, text_lines
from loramake.readers.parsed import Parsed, Refused, Stream

Item = tuple[Any, int | None]  # a value, or the SourceError in its place; the byte at which it begins


def stream(
    reader: str, items: Iterable[Item], document_of: Callable[[Any], Parsed], name_of: Callable[[Any], str]
) -> Stream:
    """The documents of `items`; one that gives none is refused alone, under its name or else its number from 1.

    Raises SourceError `no_records` if there is none, and whatever the first one raises when nothing can be read.
    """
    parts = _parts(items, document_of, name_of)
    first = next(parts, None)
    if first is None:
        raise SourceError("no_records", "the list is empty")
    return Stream(reader, chain([first], parts))


def _parts(
    items: Iterable[Item], document_of: Callable[[Any], Parsed], name_of: Callable[[Any], str]
) -> Iterator[Parsed | Refused]:
    for number, (item, place) in enumerate(items, 1):
        try:
            if isinstance(item, SourceError):
                raise item
            yield replace(document_of(item), offset=place)
        except SourceError as error:
            yield Refused(name_of(item) or str(number), f"{error.reason}: {error.what}")
        except MemoryError:
            raise
        except RecursionError:
            yield Refused(name_of(item) or str(number), "too_deep: nested too deeply")
        except Exception as error:  # whatever a parser raises on a hostile text
            yield Refused(name_of(item) or str(number), f"damaged: {type(error).__name__}")


def items_of(path: Path, at: str | None, within: str) -> Iterator[Item]:
    """The items of a file: in a list, in the lists under the dotted key `at`, one a line, or alone.

    A page of a search's answer, which holds its items under `within`, is opened. What follows a bad item in a .json
    file is lost. Raises SourceError `empty`, `binary`, `too_big`, `no_list`, `bad_json` or `too_deep`, when the first
    item is bad.
    """
    for value, place in _listed(path, at, within) if path.suffix.lower() == ".json" else _in_lines(path, at):
        for item in _opened(value, within):
            yield item, place if item is value else None


def _opened(value: Any, within: str) -> Iterator[Any]:
    """The items in a page, or in a list of pages."""
    left = [value]
    while left:
        item = left.pop()
        page = item.get(within) if isinstance(item, dict) and not {"id", "key"} & item.keys() else item
        if isinstance(page, list):
            left.extend(reversed(page))
        else:
            yield item


def _listed(path: Path, at: str | None, within: str) -> Iterator[Item]:
    begun = False
    try:
        with open_text(path) as text:
            for value in records_of(text, at):
                begun = True
                yield value, None
    except SourceError as error:
        if begun:
            yield error, None
        elif error.reason == "too_big" and at is None:
            yield from _listed(path, within, within)  # one page, longer than what can be held
        else:
            raise


def _in_lines(path: Path, at: str | None) -> Iterator[Item]:
    for place, line in _lines(path):
        try:
            value = loads(_utf8(line))
        except SourceError as error:
            yield error, place
            continue
        yield _under(value, at), place


def _under(value: Any, at: str | None) -> Any:
    """What stands under a dotted key; the value itself without one."""
    for name in at.split(".") if at else ():
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _lines(path: Path) -> Iterator[tuple[int | None, str | bytes | None]]:
    """The lines that are not blank, with their places; those in UTF-8 as bytes, so that a bad one spoils no other."""
    if encoding_of(path) in UTF_8:
        yield from ((place, line) for place, line in byte_lines(path) if line is None or line.strip())
        return
    with open_text(path) as text:
        yield from ((None, line) for line in text_lines(text) if line is None or line.strip())


def _utf8(line: str | bytes | None) -> str:
    if line is None:
        raise SourceError("too_big", f"{TOO_LONG} in one line")
    try:
        return line.decode("utf-8-sig") if isinstance(line, bytes) else line
    except UnicodeDecodeError:
        raise SourceError("bad_json", "not UTF-8") from None
