"""The parts of an e-mail: headers, bodies and what is nested in them (RFC 5322, 2045-2047, 2231), broken or not."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import Message
from functools import cached_property
from itertools import islice

from loramake.errors import SourceError
from loramake.readers.decoding import decode
from loramake.readers.long_texts import LONGEST, TOO_LONG

_DEEPEST = 30
_MOST_PARTS = 10_000
_LONGEST_VALUE = 2**16  # bytes of a header field that are looked at
_LONGEST_TYPE = 2**13  # of one with parameters
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_LINE = re.compile(rb"[^\n]*\n?")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_KEPT = {
    *("from", "sender", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "list-id"),
    *("content-type", "content-disposition", "content-transfer-encoding"),
}
_OF_MAIL = _KEPT | {"received", "return-path", "delivered-to", "mime-version", "reply-to", "bcc", "x-mailer"}
_WORD = re.compile(r"=\?([^\s?*]{1,60})(?:\*[^\s?]{0,40})?\?([BbQq])\?([^?]*)\?=(?:\s+(?==\?[^\s?]{1,100}\?[BbQq]\?))?")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ALIASES = {
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "x-gbk": "gbk",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "utf8mb4": "utf-8",
}
_OFTEN_UTF_8 = re.compile(r"(us-)?ascii|ansi_x3.*|7bit|8bit|(iso-?8859|iso_8859|latin|windows|cp)[-_]?(1|1252)|")
_MOST_BROKEN = 0.25  # of the characters beyond ASCII: what still is UTF-8 with errors


@dataclass
class Count:
    """How many parts a message has had so far."""

    parts: int = 0


@dataclass(frozen=True)
class Entity:
    """A message or a part of one: its header fields by their names in lower case, and where in `data` its body is."""

    data: bytes = field(repr=False)
    headers: dict[str, str]
    start: int
    end: int
    depth: int = 0
    default: str = "text/plain"
    is_mail: bool = False
    count: Count = field(default_factory=Count, repr=False)

    @cached_property
    def _about(self) -> Message:
        message = Message()
        for name in ("content-type", "content-disposition"):
            if name in self.headers:
                message[name] = self.headers[name][:_LONGEST_TYPE]
        return message

    @cached_property
    def type(self) -> str:
        """What it holds, such as text/plain."""
        return self._about.get_content_type() if "content-type" in self.headers else self.default

    @property
    def transfer(self) -> str:
        """How the body is encoded for its way: base64, quoted-printable, or anything else for not at all."""
        return self.headers.get("content-transfer-encoding", "").partition(";")[0].strip().lower()

    def parameter(self, name: str) -> str:
        """A parameter of its content type; "" where there is none, or none that can be read."""
        try:
            found = self._about.get_param(name)
        except Exception:  # numbered parameters (RFC 2231) that no one could number so
            return ""
        value = found[2] if isinstance(found, tuple) else found
        return str(value or "").strip()

    @cached_property
    def filename(self) -> str:
        """The name under which a mail program would save it; "" if it has none."""
        try:
            name = self._about.get_filename() or ""
        except Exception:
            return ""
        return " ".join(words(name).split())[:255]

    @property
    def is_attached(self) -> bool:
        """Whether it is a file rather than something to read."""
        return bool(self.filename) or self.headers.get("content-disposition", "").lower().lstrip().startswith("attach")

    def body(self) -> bytes:
        """The bytes of the body, decoded as far as they can be. Raises SourceError `too_big`."""
        if self.end - self.start > LONGEST:
            raise SourceError("too_big", f"{TOO_LONG} in one text")
        data = self.data[self.start : self.end]
        if self.transfer == "base64":
            return _base64(data)
        return binascii.a2b_qp(data) if self.transfer == "quoted-printable" else data

    def text(self) -> str:
        """The body as a text. Raises SourceError `binary` or `too_big`."""
        return text_of(self.body(), self.parameter("charset"))

    def parts(self) -> Iterator["Entity"]:
        """What a multipart is made of; a text alone if it has no boundary. Raises SourceError `too_deep` or `damaged`.

        A multipart that is never closed ends with its last line.
        """
        inner = "message/rfc822" if self.type == "multipart/digest" else "text/plain"
        spans = list(islice(self._spans(), _MOST_PARTS + 1))
        if not spans:
            yield replace(self, headers={}, default="text/plain", depth=self._deeper())
        for start, end in spans:
            yield entity_of(self.data, start, end, self._deeper(), inner, self.count)

    def _spans(self) -> Iterator[tuple[int, int]]:
        boundary = self.parameter("boundary").encode("utf-8", "surrogateescape")
        if not boundary:
            return
        line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
        begun: int | None = None
        for found in line.finditer(self.data, self.start, self.end):
            if begun is not None:
                yield begun, max(begun, _before_newline(self.data, found.start()))
            begun = min(found.end() + 1, self.end)
            if found[1]:
                return
        if begun is not None:
            yield begun, self.end

    def message(self) -> "Entity":
        """The message that it holds, being message/rfc822. Raises SourceError `too_deep`, `damaged` or `too_big`."""
        if self.transfer in ("base64", "quoted-printable"):
            data = self.body()
            return entity_of(data, 0, len(data), self._deeper(), count=self.count)
        return entity_of(self.data, self.start, self.end, self._deeper(), count=self.count)

    def _deeper(self) -> int:
        self.count.parts += 1
        if self.depth >= _DEEPEST:
            raise SourceError("too_deep", f"parts within parts, more than {_DEEPEST} deep")
        if self.count.parts > _MOST_PARTS:
            raise SourceError("damaged", f"more than {_MOST_PARTS:,} parts")
        return self.depth + 1


def message_of(data: bytes) -> Entity:
    """The message that `data` is. Raises SourceError `not_a_mail` if no header of one stands at its top."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    message = entity_of(data, 0, len(data))
    if not message.is_mail:
        raise SourceError("not_a_mail", "no header of an e-mail in its first lines")
    return message


def entity_of(
    data: bytes, start: int, end: int, depth: int = 0, default: str = "text/plain", count: Count | None = None
) -> Entity:
    """The part between two places in `data`. Whatever is no header field, nor goes on with one, begins the body."""
    raw: dict[str, bytearray] = {}
    is_mail, current = False, bytearray()
    while start < end:
        found = _LINE.match(data, start, end)
        line = found[0] if found else b""
        if line[:1] in b" \t" and line.strip():
            _grow(current, line)
        elif named := _FIELD.match(line):
            name = named[1].decode("ascii").lower()
            is_mail = is_mail or name in _OF_MAIL
            current = bytearray()
            _grow(current, line[named.end() :])
            if name in _KEPT:
                raw.setdefault(name, current)
        elif not line.startswith((b"From ", b">From ")):
            start += len(line) if not line.strip() else 0
            break
        start += len(line)
    headers = {name: _unfolded(bytes(value)) for name, value in raw.items()}
    return Entity(data, headers, start, end, depth, default, is_mail, count or Count())


def _grow(value: bytearray, line: bytes) -> None:
    value += line[: _LONGEST_VALUE - len(value)] if len(value) < _LONGEST_VALUE else b""


def _unfolded(value: bytes) -> str:
    try:
        return text_of(_FOLD.sub(b"", value).strip(), "").replace("\n", " ")
    except SourceError:
        return value.decode("ascii", "replace")


def _before_newline(data: bytes, place: int) -> int:
    """Where the line before `place` ends: its newline belongs to the boundary."""
    place -= data[place - 1 : place] == b"\n"
    return place - (data[place - 1 : place] == b"\r")


def words(value: str) -> str:
    """A header's text, with its encoded words decoded (RFC 2047). Characters that two words share are put together."""
    out: list[str] = []
    held, charset, place = b"", "", 0
    for found in _WORD.finditer(value):
        if found.start() > place or found[1].lower() != charset:
            out.append(_said(held, charset))
            held = b""
        out.append(value[place : found.start()])
        held += _word(found[2], found[3])
        charset, place = found[1].lower(), found.end()
    return "".join([*out, _said(held, charset), value[place:]])


def _word(way: str, written: str) -> bytes:
    data = written.encode("utf-8", "replace")
    return _base64(data) if way in "Bb" else binascii.a2b_qp(data, header=True)


def _said(data: bytes, charset: str) -> str:
    try:
        return text_of(data, charset)
    except SourceError:
        return data.decode("ascii", "replace")


def _base64(data: bytes) -> bytes:
    """What base64 says as far as it goes: without characters that are none of it, and without a torn end."""
    digits = _NOT_BASE64.sub(b"", data)
    digits = digits[:-1] if len(digits) % 4 == 1 else digits
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def text_of(data: bytes, charset: str) -> str:
    """A text in `charset`, or in what it is in truth. Raises SourceError `binary`."""
    name = charset.strip().strip("\"'").lower()
    if "16" not in name and "32" not in name:
        data = data.replace(b"\0", b"")
    if not data:
        return ""
    if name == "utf-7" and data.isascii():
        return data.decode("utf-7", "replace")
    if _OFTEN_UTF_8.fullmatch(name) and _is_utf8(data):
        name = "utf-8"
    if name in ("utf-8", "utf8") and (text := _nearly_utf8(data)):
        return text
    return decode(data, declared=_ALIASES.get(name, name) or None)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return not data.isascii()


def _nearly_utf8(data: bytes) -> str | None:
    """What is UTF-8 but for a few broken characters; None if it is sound, or another encoding."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = sum(character > "\x7f" for character in text) if broken else 0
    return text.replace("\r\n", "\n").replace("\r", "\n") if 0 < broken <= _MOST_BROKEN * beyond else None
