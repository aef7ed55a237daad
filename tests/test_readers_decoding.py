import gzip

import pytest

from loramake.errors import SourceError
from loramake.readers.decoding import decode

FRENCH = "Le café crème est déjà prêt à être servi."
GERMAN = "Die Straße führt über die Brücke nach München."
RUSSIAN = "Привет, это простой текст на русском языке"
JAPANESE = "これは日本語で書かれた短い文章です。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-32"),
        (FRENCH, "utf-16-le"),
        ("plain words", "utf-16-be"),
        (FRENCH, "latin-1"),
        ("café", "latin-1"),
        (GERMAN, "cp1252"),
        ("It’s a “quoted” text – with dashes", "cp1252"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
    ],
)
def test_a_text_is_read_whatever_its_encoding(text, encoding):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("iso-8859-15", "iso-8859-15"), ("latin1", "cp1252"), ("windows-1251", "cp1251"), ("gb2312", "gb18030")],
)
def test_a_declared_encoding_is_believed(declared, encoding):
    text = {"cp1251": "мир", "gb18030": "中文"}.get(encoding, "10 €")
    assert decode(text.encode(encoding), declared=declared) == text


@pytest.mark.parametrize("declared", ["utf-8", "no-such-thing", "unicode_escape", "zlib", "idna", ""])
def test_a_wrong_or_odd_declaration_is_not(declared):
    assert decode(f"\\n {GERMAN}".encode("cp1252"), declared=declared) == f"\\n {GERMAN}"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_are_one_character(newline):
    assert decode(f"a{newline}b{newline}".encode()) == "a\nb\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"text with a \0 in it", "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "binary"),
        (gzip.compress(b"hello" * 99, mtime=0), "binary"),
        (bytes(range(1, 9)) * 20, "binary"),
    ],
)
def test_what_is_no_text_is_refused(data, reason):
    with pytest.raises(SourceError) as refused:
        decode(data)
    assert refused.value.reason == reason


def test_colours_of_a_terminal_are_still_text():
    assert decode(b"\x1b[31mred\x1b[0m and a form feed\x0c") == "\x1b[31mred\x1b[0m and a form feed\f"
