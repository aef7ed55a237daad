"""E-mail: one message (.eml), or a mailbox of them (.mbox)."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import bs4

from loramake.errors import SourceError
from loramake.readers import marks
from loramake.readers.dates import iso_date
from loramake.readers.long_texts import LONGEST, TOO_LONG, byte_lines
from loramake.readers.mail_parts import Entity, message_of, words
from loramake.readers.mail_text import html_blocks, unsigned, unwrapped, without
from loramake.readers.parsed import Parsed, Reading, Refused, Stream
from loramake.recipe.source import Source

READER = f"mail (beautifulsoup4 {bs4.__version__})"
_LONGEST_FILE = 2**28  # bytes of an .eml file, most of them attachments
_MOST_ADDRESSES = 1000
_LONGEST_ADDRESS = 1000
_FROM = b"From "
_QUOTED_FROM = re.compile(rb">+From ")
_TIME = re.compile(rb"\b\d\d:\d\d\b.*\b(?:19|20)\d\d\b")
_DAY = re.compile(rb"From [^\n]*?\b((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]*\d)")
_HEADER = re.compile(rb"[!-9;-~]{1,100}:")
_MAILBOX = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([^<"]*)) ?<([^<>]*)>')
_COMMENT = re.compile(r"([^\s()]+(?: at [^\s()]+)?) ?\(([^()]+)\)")
_BETWEEN = re.compile(r'((?:"(?:[^"\\]|\\.){0,500}"|\([^()]{0,500}\)|[^,"(]|["(])*)(?:,|$)')
_ID = re.compile(r"<\s*([^<>\s]{1,250})\s*>")
_ENCRYPTED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_MESSAGES = {"message/rfc822", "message/global"}
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_PGP = "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"
_PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
_PGP_SIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash:.*\n)*\n", re.MULTILINE)
_QUOTE = re.compile(r">(?=[^\s>])")


def read(path: Path, source: Source) -> Reading | Stream:
    """Read an .eml file, or the messages of an .mbox file one after another.

    Raises SourceError `empty` or `not_a_mail`, and for an .eml file what its message raises. In a mailbox such a
    message is refused alone: `not_a_mail`, `no_text`, `encrypted`, `binary`, `too_deep`, `damaged`, or `too_big`
    beyond 32 MiB.
    """
    size = path.stat().st_size
    if not size:
        raise SourceError("empty", "the file has no bytes")
    if path.suffix.lower() == ".mbox":
        return _mailbox(path, source.limit.pages)
    if size > _LONGEST_FILE:
        raise SourceError("too_big", f"a message of more than {_LONGEST_FILE >> 20} MiB")
    return Reading(READER, [parse_message(path.read_bytes())])


def _mailbox(path: Path, most: int) -> Stream:
    messages = _messages(path)
    first = next(messages, None)
    if first is None:
        raise SourceError("not_a_mail", "no message: a mailbox begins with a line 'From '")
    return Stream(READER, _documents(chain([first], messages), most))


def _documents(messages: Iterator[tuple[int, bytes | None]], most: int) -> Iterator[Parsed | Refused]:
    for number, (place, message) in enumerate(messages, 1):
        if number > most:
            yield Refused(str(number), f"too_many_pages: more than {most:,} messages (limit.pages)")
            return
        yield _document(number, place, message)


def _document(number: int, place: int, message: bytes | None) -> Parsed | Refused:
    try:
        if message is None:
            raise SourceError("too_big", f"{TOO_LONG} in one message")
        return parse_message(message, str(number), place)
    except SourceError as error:
        return Refused(str(number), f"{error.reason}: {error.what}")
    except MemoryError:
        raise
    except Exception as error:  # whatever a parser raises on a hostile text
        return Refused(str(number), f"damaged: {type(error).__name__}")


def _messages(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """The messages of a mailbox, each with its place and its `From ` line; None for one that is too long to hold.

    A line that begins so is none of a text if two of these hold: a blank line is before it, a time in it, a header
    behind it. Nothing is given if the file begins in another way.
    """
    begun, message = -1, bytearray()
    after_blank = is_long = False
    lines = chain(byte_lines(path), [(0, b"")])
    for (place, line), (_, follower) in pairwise(lines):
        if line is not None and line.startswith(_FROM) and _begins(line, follower or b"", after_blank or begun < 0):
            if begun >= 0:
                yield begun, None if is_long else bytes(message)
            begun, message, is_long = place, bytearray(), False
        elif begun < 0 and (line is None or line.strip()):
            return
        is_long = is_long or line is None or len(message) + len(line) > LONGEST
        if line is not None and not is_long:
            message += line[1:] if _QUOTED_FROM.match(line) else line
        after_blank = line is not None and not line.strip()
    if begun >= 0:
        yield begun, None if is_long else bytes(message)


def _begins(line: bytes, follower: bytes, after_blank: bool) -> bool:
    return after_blank + bool(_TIME.search(line[:1000])) + bool(_HEADER.match(follower)) >= 2


def parse_message(data: bytes, number: str = "", offset: int | None = None) -> Parsed:
    """The document of one message, which may follow a `From ` line; its part is its Message-ID if it has a number.

    Raises SourceError `not_a_mail`, `no_text`, `encrypted`, `binary`, `too_big`, `too_deep` or `damaged`.
    """
    message = message_of(data)
    body = Body()
    blocks = body.blocks(message, 1)
    if not blocks and body.is_encrypted:
        raise SourceError("encrypted", "the text is sealed with PGP or S/MIME")
    if not blocks:
        raise SourceError("no_text", f"no text in the message; attachments: {len(body.attachments)}")
    subject = _header(message, "subject")
    meta = _meta(message) | ({"attachments": body.attachments} if body.attachments else {})
    return Parsed(
        "\n\n".join(([marks.heading(1, subject)] if subject else []) + blocks),
        part=number and (_first_id(message, "message-id") or number),
        offset=offset,
        section=subject or None,
        author=_author(message),
        date=_date(message) or (_sent(data) if number else None),
        meta=meta,
    )


def _header(message: Entity, name: str) -> str:
    return " ".join(words(message.headers.get(name, "")).split())


def _author(message: Entity) -> str | None:
    people = _people(message, "from") or _people(message, "sender")
    return (people[0][0] or people[0][1] or None) if people else None


def _people(message: Entity, name: str) -> list[tuple[str, str]]:
    """The names and addresses in a header, as far as there are."""
    value = message.headers.get(name, "")
    pieces = (found[1] for found in _BETWEEN.finditer(value))
    people = [_person(piece) for _, piece in zip(range(_MOST_ADDRESSES), filter(str.strip, pieces), strict=False)]
    return [person for person in people if any(person)]


def _person(written: str) -> tuple[str, str]:
    written = " ".join(written.split())[:_LONGEST_ADDRESS]
    if written.endswith(":;"):  # a group with no one in it
        return "", ""
    if found := _MAILBOX.match(written):
        name = found[2] if found[1] is None else re.sub(r"\\(.)", r"\1", found[1])
        return " ".join(words(name).split()).strip("\"'"), found[3].strip()
    if found := _COMMENT.fullmatch(written):
        return " ".join(words(found[2]).split()), found[1]
    return "", words(written)


def _date(message: Entity) -> str | None:
    return iso_date(_header(message, "date").partition("(")[0][:100])


def _sent(data: bytes) -> str | None:
    """The date in the `From ` line."""
    found = _DAY.match(data[:1000])
    return iso_date(found[1].decode("ascii", "replace")) if found else None


def _first_id(message: Entity, name: str) -> str:
    found = _ID.search(message.headers.get(name, ""))
    return found[1] if found else ""


def _meta(message: Entity) -> dict[str, Any]:
    said = {name: [_shown(*person) for person in _people(message, name)] for name in ("to", "cc")}
    list_id = _header(message, "list-id")
    of_list = _ID.search(list_id)
    values = {
        **said,
        "message_id": _first_id(message, "message-id"),
        "in_reply_to": _first_id(message, "in-reply-to"),
        "references": len(_ID.findall(message.headers.get("references", ""))),
        "list_id": of_list[1] if of_list else list_id,
    }
    return {name: value for name, value in values.items() if value}


def _shown(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and address else name or address


class Body:
    """What a message says, and the names of what it holds besides."""

    def __init__(self) -> None:
        self.attachments: list[str] = []
        self.is_encrypted = False

    def blocks(self, entity: Entity, level: int) -> list[str]:
        """The blocks of a part; `level` is that of the heading above it. Raises what the parts of a message raise."""
        if entity.type in _ENCRYPTED:
            self.is_encrypted = True
            self._leave_out(entity)
        elif entity.type == "multipart/alternative":
            return self._alternative(list(entity.parts()), level)
        elif entity.type.startswith("multipart/"):
            return [block for part in entity.parts() for block in self.blocks(part, level)]
        elif entity.type in _MESSAGES:
            return self._forwarded(entity.message(), level + 1)
        elif _is_text(entity):
            return self._text(entity)
        else:
            self._leave_out(entity)
        return []

    def _text(self, entity: Entity) -> list[str]:
        try:
            text = entity.text()
            return html_blocks(text) if entity.type == "text/html" else self._plain(text, entity)
        except RecursionError:
            raise SourceError("too_deep", "HTML that is nested too deeply") from None
        except SourceError:
            if entity.depth == 0:
                raise
            self._leave_out(entity)  # one part that is no text spoils no other
            return []

    def _leave_out(self, entity: Entity) -> None:
        if entity.type not in _SIGNATURES:
            self.attachments.append(entity.filename or entity.type)

    def _alternative(self, parts: list[Entity], level: int) -> list[str]:
        """The first that says something, plain text before HTML; of the others what is attached to them."""
        said: list[str] = []
        for part in sorted(parts, key=lambda part: part.type != "text/plain" or part.is_attached):
            if said:
                self._name(part)
            else:
                said = self.blocks(part, level)
        return said

    def _name(self, entity: Entity) -> None:
        if entity.type.startswith("multipart/"):
            for part in entity.parts():
                self._name(part)
        elif not _is_text(entity):
            self._leave_out(entity)

    def _forwarded(self, message: Entity, level: int) -> list[str]:
        about = {"From": _author(message), "Date": _date(message)}
        lines = [f"{name}: {value}" for name, value in about.items() if value]
        blocks = self.blocks(message, level)
        title = marks.heading(level, f"Forwarded: {_header(message, 'subject') or 'a message'}")
        return [title, *(["\n".join(lines)] if lines else []), *blocks] if blocks else []

    def _plain(self, text: str, entity: Entity) -> list[str]:
        text, _ = without(_PGP_SIGNED.sub("", text), *_PGP_SIGNATURE)
        text, is_sealed = without(text, *_PGP)
        self.is_encrypted = self.is_encrypted or is_sealed
        lines = text.replace("\f", "\n").split("\n")
        lines = unsigned(lines)
        if entity.parameter("format").lower() == "flowed":
            lines = list(unwrapped(lines, spaced=entity.parameter("delsp").lower() != "yes"))
        lines = [_QUOTE.sub("> ", line.rstrip(), count=1) if line.startswith(">") else line.rstrip() for line in lines]
        said = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
        return [marks.plain(said)] if said.strip() else []


def _is_text(entity: Entity) -> bool:
    """Whether it is there to be read; a message's own text is, whatever name it bears."""
    is_alone = entity.depth == 0 and entity.type.startswith("text/") and entity.type != "text/calendar"
    return is_alone or (entity.type in ("text/plain", "text/html", "text/markdown") and not entity.is_attached)
