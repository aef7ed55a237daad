"""E-mail addresses, written plainly, escaped, or as `name [at] host [dot] tld`."""

import re
from collections.abc import Iterator

from loramake.cleaning.found import Found

_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_AT = re.compile("[@\uff20]|%40|&#0*64;")
_LABEL = r"[^\W_][\w-]{0,62}"
_TLD = r"(?:[A-Za-z]{2,24}(?![A-Za-z\u00c0-\u024f])|xn--[A-Za-z0-9-]{2,59}|[^\W\d_]{2,24})"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{1,8}}{_TLD}")
_LITERAL = re.compile(r"\[(?:IPv6:[0-9A-Fa-f:.]{2,45}|(?:[0-9]{1,3}\.){3}[0-9]{1,3})\]")
_QUOTED = re.compile(r'(?<![\w"])"[\w .+-]{1,64}"$')
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# `icon@2x.png`, `getty@tty1.service`, `pkg@1.2.rc` are no addresses.
_NO_TLD = frozenset(
    str.split(
        "png jpg jpeg gif svg webp bmp ico css js mjs jsx tsx json html htm xml txt pdf tar gz service socket"
        " target timer mount device slice conf cfg yml yaml log dll exe lock"
    )
)
_VERSION = re.compile(r"v?[0-9]+(?:\.[0-9]+)+\.|[0-9]x\.", re.IGNORECASE)

_SPOKEN_DOT = r"(?:\s{0,2}[\[({<]\s?(?:dot|DOT|Dot|punkt|\.)\s?[\])}>]\s{0,2}|\s{1,2}(?:dot|DOT|Dot)\s{1,2})"
_SPOKEN_DOMAIN = re.compile(rf"\s{{0,2}}((?:{_LABEL}(?:\.|{_SPOKEN_DOT})){{1,6}}[A-Za-z]{{2,12}})(?![A-Za-z0-9])")
_BRACKETED_DOT = re.compile(r"[\[({<]\s?(?:dot|punkt)", re.IGNORECASE)
_BRACKETED_AT = re.compile(r"[\[({<]\s?(?:at|AT|At|@)\s?[\])}>]")
_SPOKEN_AT = re.compile(r"\b(?:at|AT)\s")
_SPOKEN_TLD = frozenset(
    str.split(
        "com org net edu gov info biz io dev app ai co me eu de uk fr it es nl be ch at se no dk fi pl cz pt"
        " ie gr ro hu ru ua jp cn kr in br mx ar au nz ca us za tr il test example invalid"
    )
)
_NO_LOCAL = frozenset(
    str.split("look looking is are was available found find hosted us me it them visit here online and or")
)


def find_emails(text: str) -> Iterator[Found]:
    """The addresses in `text`. Two spellings of an address have one value."""
    if "@" in text or "%40" in text or "&#" in text or "\uff20" in text:
        yield from _plain(text)
    if "dot" in text or "DOT" in text or "Dot" in text or "at" in text or "AT" in text or "At" in text:
        yield from _spoken(text)


def _plain(text: str) -> Iterator[Found]:
    for at in _AT.finditer(text):
        domain = _DOMAIN.match(text, at.end()) or _LITERAL.match(text, at.end())
        if not domain or _is_no_host(domain[0]):
            continue
        start = _local(text, at.start())
        local = text[start : at.start()]
        if local and not (local == "git" and text[domain.end() : domain.end() + 1] in ("/", ":")):
            yield Found(start, domain.end(), f"{local}@{domain[0]}".casefold())


def _is_no_host(domain: str) -> bool:
    return domain.rpartition(".")[2].lower() in _NO_TLD or bool(_VERSION.match(domain))


def _local(text: str, end: int) -> int:
    """Where the part before the `@` at `end` begins; `end` itself when there is none."""
    lowest = max(0, end - _LONGEST_LOCAL)
    if text[lowest:end].endswith('"'):
        quoted = _QUOTED.search(text, max(0, lowest - 3), end)
        return quoted.start() if quoted else end
    start = end
    ideographs = bool(_IDEOGRAPH.match(text[end - 1 : end]))
    while start > lowest and (text[start - 1].isalnum() or text[start - 1] in "._+-%'"):
        if not ideographs and _IDEOGRAPH.match(text[start - 1]):
            break  # a sentence without spaces leads up to the address
        start -= 1
    while start < end and text[start] in ".'%":
        start += 1
    return start


def _spoken(text: str) -> Iterator[Found]:
    for at in _BRACKETED_AT.finditer(text):
        yield from _spoken_at(text, at.start(), at.end())
    if " dot " in text or " DOT " in text or "dot]" in text or "dot)" in text:
        for at in _SPOKEN_AT.finditer(text):
            yield from _spoken_at(text, at.start(), at.end(), words=True)


def _spoken_at(text: str, start: int, end: int, *, words: bool = False) -> Iterator[Found]:
    domain = _SPOKEN_DOMAIN.match(text, end)
    if not domain:
        return
    host = re.sub(_SPOKEN_DOT, ".", domain[1])
    before = text[max(0, start - 2) : start]
    local_end = start - (len(before) - len(before.rstrip(" ")))
    local_start = _local(text, local_end)
    local = text[local_start:local_end]
    plain = host == domain[1]
    known = host.rpartition(".")[2].lower() in _SPOKEN_TLD or (not words and _BRACKETED_DOT.search(domain[1]))
    if not local or not known or (words and plain):
        return
    if local.lower() not in _NO_LOCAL:
        yield Found(local_start, domain.end(), f"{local}@{host}".casefold())
