import pytest

from loramake.errors import SourceError
from loramake.readers.mail_parts import message_of, text_of, words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain =? words", "plain =? words"),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe_an?= Bo", "Grüße an Bo"),
        ("=?utf-8?Q?Gr=C3?=\n =?utf-8?Q?=BCn?=", "Grün"),
        ("=?utf-8?B?R3LDvA==?= =?iso-8859-1?Q?=DFe?=", "Grüße"),
        ("=?utf-8?B?R3LDv?=", "Gr\ufffd"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?utf-8*de?Q?ja?=", "ja"),
        ("=?x-none?Q?ja=21?=", "ja!"),
    ],
)
def test_encoded_words(value, text):
    assert words(value).startswith(text[:2]) if "\ufffd" in text else words(value) == text


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"", "utf-8", ""),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode(), "iso-8859-1", "Grüße"),
        ("Grüße".encode(), "x-unknown", "Grüße"),
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
        ("Grüße, Grüße".encode() + b"\xff", "utf-8", "Grüße, Grüße\ufffd"),
        ("Мир".encode("koi8-r"), '"KOI8-R"', "Мир"),
        ("똠방".encode("cp949"), "ks_c_5601-1987", "똠방"),
        (b"Gr+APw-n", "utf-7", "Grün"),
        (b"a\0b\r\nc", "", "ab\nc"),
        ("Grün".encode("utf-16-le"), "utf-16-le", "Grün"),
    ],
)
def test_texts_are_read_in_what_they_are_written_in(data, charset, text):
    assert text_of(data, charset) == text


def test_headers_go_on_over_lines_and_end_where_something_else_stands():
    entity = message_of(b"From x\n>From y\nSubject: one\n two\nSUBJECT: three\nno header\n\nbody")
    assert entity.headers == {"subject": "one two"}
    assert entity.body() == b"no header\n\nbody"


def test_a_multipart_that_is_never_closed_ends_with_its_last_line():
    parts = message_of(b"Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--bx\n--b\r\n\r\ntwo").parts()
    assert [part.body() for part in parts] == [b"one\n--bx", b"two"]


def test_a_multipart_without_boundary_is_a_text():
    (part,) = message_of(b"Content-Type: multipart/mixed; boundary=b\n\nHello").parts()
    assert (part.type, part.body()) == ("text/plain", b"Hello")


def test_quoted_printable_with_soft_ends():
    assert message_of(b"Content-Transfer-Encoding: Quoted-Printable\n\nGr=C3=\n=BCn =ZZ").text() == "Grün =ZZ"


def test_a_digest_holds_messages():
    (part,) = message_of(b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--").parts()
    assert part.type == "message/rfc822"
    assert part.message().headers == {"subject": "x"}


def test_carriage_returns_alone_end_lines():
    assert message_of(b"Subject: x\r\ry").body() == b"y"


def test_no_mail():
    with pytest.raises(SourceError) as caught:
        message_of(b"hello")
    assert caught.value.reason == "not_a_mail"
