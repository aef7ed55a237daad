import time
import warnings
from base64 import b64encode
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.errors import SourceError
from loramake.readers import mail
from loramake.readers.mail import parse_message, read
from loramake.readers.parsed import Refused
from loramake.recipe.source import Source

HEAD = b"From: Ada Quill <ada@yard.example>\nSubject: Pumps\nDate: Thu, 1 Feb 2024 10:00:00 +0100 (CET)\n"
FROM = b"From ada@yard.example Thu Feb  1 09:00:00 2024\n"
NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(10_000))


def mailbox(tmp_path, data, **limit):
    path = tmp_path / "a.mbox"
    path.write_bytes(data)
    return list(read(path, Source(files=["*"], limit=limit)).parts)


def said(body, headers=b""):
    return parse_message(HEAD + headers + b"\n" + body).text.removeprefix("# Pumps\n\n")


def multipart(kind, *parts, boundary=b"b"):
    body = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    return b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\n', body + b"--" + boundary + b"--\n"


def part(kind, body=b"x", *more):
    return b"\n".join([b"Content-Type: " + kind, *more, b"", body])


def in_parts(kind, *parts):
    headers, body = multipart(kind, *parts)
    return parse_message(HEAD + headers + b"\n" + body)


def reason(data):
    with pytest.raises(SourceError) as caught:
        parse_message(data)
    return caught.value.reason


def test_a_message_has_its_subject_for_a_title_and_says_who_wrote_it_when_and_to_whom(tmp_path):
    more = b'To: "Quill, Bo" <bo@x>, cy@x (Cy),\n undisclosed-recipients:;\nCc: =?utf-8?q?Zo=C3=AB?= <z@x>\n'
    more += b"Message-ID: <1@x>\nIn-Reply-To: <0@x>\nReferences: <a@x>\n <0@x>\nList-Id: Dev <dev.x>\n"
    (tmp_path / "a.eml").write_bytes((HEAD + more + b"\nHello\n").replace(b"\n", b"\r\n"))
    (parsed,) = read(tmp_path / "a.eml", Source(files=["*"])).parsed
    assert (parsed.text, parsed.section, parsed.part) == ("# Pumps\n\nHello", "Pumps", "")
    assert (parsed.author, parsed.date) == ("Ada Quill", "2024-02-01T10:00:00+01:00")
    about = {"to": ["Quill, Bo <bo@x>", "Cy <cy@x>"], "cc": ["Zoë <z@x>"], "list_id": "dev.x"}
    assert parsed.meta == {**about, "message_id": "1@x", "in_reply_to": "0@x", "references": 2}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"# no heading\n>quoted\n> > twice", "\\# no heading\n> quoted\n> > twice"),
        (b"Hello\n-- \nAda\nYard", "Hello"),
        (b"Hello\n--\nAda", "Hello\n--\nAda"),
        (b"Hello\n-- \nAda\n\nOn Monday Bo wrote:\n> pumps", "Hello\n\nOn Monday Bo wrote:\n> pumps"),
        (b"Hello\n-- \nAda\n> pumps", "Hello\n\n> pumps"),
        (b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nHello\n-----BEGIN PGP SIGNATURE-----\nx", "Hello"),
        (b"Look:\n-----BEGIN PGP MESSAGE-----\nx\n-----END PGP MESSAGE-----\nend", "Look:\n\nend"),
        (b"a\n\n\n\n\nb\x0cc", "a\n\nb\nc"),
    ],
)
def test_quotes_stay_and_signatures_go(body, text):
    assert said(body) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"one \ntwo\nthree", "one two\nthree"),
        (b" From x\n  y", "From x\n y"),
        (b"> a \n> b\n>> c \n>>d\ne \n> f", "> a b\n> > c d\ne\n> f"),
        (b"a \n-- \nsig", "a"),
    ],
)
def test_flowed_lines_are_put_together(body, text):
    assert said(body, b"Content-Type: text/plain; format=flowed\n") == text


def test_spaces_that_only_mark_a_flow_go():
    assert said(b"one \ntwo", b"Content-Type: text/plain; format=flowed; delsp=yes\n") == "onetwo"


def test_plain_text_comes_before_html_and_html_is_blocks():
    html = part(b"text/html", b"<h2>Hi</h2><table><tr><td>a<tr><td>b</table><blockquote>q</blockquote>")
    assert in_parts(b"alternative", html, part(b"text/plain", b"plain")).text == "# Pumps\n\nplain"
    assert in_parts(b"alternative", part(b"text/plain", b" "), html).text == "# Pumps\n\n## Hi\n\na\n\nb\n\n> q"


def test_signatures_and_what_is_hidden_in_html_go():
    html = b'<div style="display: none">teaser</div><p>Hello<div class="gmail_signature">Ada</div>'
    assert said(html, b"Content-Type: text/html\n") == "Hello"


def test_attachments_are_named_and_their_contents_left_out():
    parsed = in_parts(
        b"mixed",
        part(b"text/plain", b"Hello"),
        part(b"application/pdf; name*=utf-8''f%C3%BCr.pdf", b"%PDF"),
        part(b"text/plain", b"log", b"Content-Disposition: attachment; filename==?utf-8?q?=C3=BC=2Elog?="),
        part(b"text/calendar", b"BEGIN:VCALENDAR"),
        part(b"image/png", b"png"),
    )
    assert parsed.text == "# Pumps\n\nHello"
    assert parsed.meta["attachments"] == ["für.pdf", "ü.log", "text/calendar", "image/png"]


def test_a_forwarded_message_is_a_section():
    inner = b"From: bo@x\nSubject: Inner\nDate: Thu, 1 Feb 2024 10:00:00 +0000\n\nInside"
    parsed = in_parts(b"mixed", part(b"text/plain", b"See:"), part(b"message/rfc822", inner))
    about = "From: bo@x\nDate: 2024-02-01T10:00:00+00:00"
    assert parsed.text == f"# Pumps\n\nSee:\n\n## Forwarded: Inner\n\n{about}\n\nInside"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Dear diary,\n\nFrom: x\n", "not_a_mail"),
        (b"\x00\x01\x02", "not_a_mail"),
        (b"Note: buy milk\n\nx", "not_a_mail"),
        (HEAD + b"\n", "no_text"),
        (HEAD + b"Content-Type: image/png\n\nx", "no_text"),
        (HEAD + b"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--", "encrypted"),
        (HEAD + b"Content-Type: application/pkcs7-mime\n\nx", "encrypted"),
        (HEAD + b"\n-----BEGIN PGP MESSAGE-----\nx", "encrypted"),
        (HEAD + b"\n" + bytes(range(1, 9)) * 9, "binary"),
        (HEAD + NESTED, "too_deep"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 100_000, "damaged"),
    ],
)
def test_what_gives_no_text_says_why(data, name):
    assert reason(data) == name


@pytest.mark.parametrize(
    "headers",
    [
        b"".join(b"X-%d: y\n" % number for number in range(100_000)),
        b"X-Long: " + b"y" * 10**7 + b"\n",
        b"To: " + b"y,\n " * 10**6 + b"\n",
        b'To: "' + b'\\"' * 10**6 + b"\n",
        b"To: " + b" \n" * 10**6 + b"\n",
        b"Cc: " + b"(" * 10**6 + b"\n",
        b"Cc: " + b"=?utf-8?q?" * 10**5 + b"\n",
        b"References: " + b"<" * 10**6 + b"\n",
        b"Content-Type: text/plain; " + b'x="' * 10**5 + b"\n",
        b"Content-Type: text/plain; name*" + b"9" * 7000 + b"=x\n",
        b"Content-Type: multipart/mixed; boundary=never\n",
        b"Content-Type: multipart/mixed\n",
    ],
)
def test_hostile_headers_cost_little_and_the_text_stays(headers):
    begin = time.process_time()
    assert "Hello" in said(b"Hello", headers)
    assert time.process_time() - begin < 5


def test_deep_html_is_refused():
    deep = b"Content-Type: text/html\n\n" + b"<table><tr><td><div>" * 1_000 + b"Hello"
    assert reason(HEAD + deep) == "too_deep"


def test_a_mailbox_gives_a_document_for_each_message(tmp_path):
    first = FROM + HEAD + b"Message-ID: <1@x>\n\nFrom then on\n>From here\n>>From there\n\n"
    second = b"From - Fri Feb  2 09:00:00 2024\nSubject: Two\n\nBody\n\nFrom there we went\n"
    one, two = mailbox(tmp_path, (first + second).replace(b"\n", b"\r\n"))
    assert (one.part, one.offset, one.text) == (
        "1@x",
        0,
        "# Pumps\n\nFrom then on\nFrom here\n>From there".replace("\n>F", "\n> F"),
    )
    assert (two.part, two.offset) == ("2", len(first.replace(b"\n", b"\r\n")))
    assert (two.text, two.date) == ("# Two\n\nBody\n\nFrom there we went", "2024-02-02T09:00:00")


def test_a_bad_message_is_refused_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(mail, "LONGEST", 1000)
    bad = FROM + b"no header\n\n" + FROM + HEAD + b"\n" + b"long\n" * 500 + b"\n"
    parts = mailbox(tmp_path, FROM + HEAD + b"\nHello\n\n" + bad + FROM + HEAD + b"\nBye\n")
    assert [part.reason.split(":")[0] if isinstance(part, Refused) else part.text[9:] for part in parts] == [
        *("Hello", "not_a_mail", "too_big", "Bye"),
    ]


def test_a_mailbox_with_too_many_messages_says_so(tmp_path):
    parts = mailbox(tmp_path, (FROM + HEAD + b"\nHello\n\n") * 3, pages=2)
    assert parts[2:] == [Refused("3", "too_many_pages: more than 2 messages (limit.pages)")]


@pytest.mark.parametrize(("name", "data"), [("a.mbox", b"Hello\n"), ("a.mbox", b"From x\nHello\n"), ("a.eml", b"Hi")])
def test_a_file_that_is_no_mail(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read(tmp_path / name, Source(files=["*"]))
    assert caught.value.reason == "not_a_mail"


@pytest.mark.parametrize("date", [b"Thu, 1 Feb 2024 10:00:00 +9999", b"32 Foo", b"", b"0", b"1 Jan 99999999 1:1:1 -99"])
def test_odd_dates_are_none(date):
    assert parse_message(b"Subject: x\nDate: " + date + b"\n\nHello").date is None


def real():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Zoë <z@x>", '"a, b" <c@x>', "Pümps " * 30
    message["Date"] = "Thu, 1 Feb 2024 10:00:00 +0100"
    message.set_content("Grüße\n> x\n-- \nAda\n")
    message.add_alternative("<p>Grüße<table><tr><td>a<td>b<tr><td>c</table>", subtype="html")
    message.add_attachment(b"123" * 20, maintype="application", subtype="pdf", filename="für.pdf")
    message.add_attachment(EmailMessage())
    return message.as_bytes()


def survives(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with suppress(SourceError):
            assert parse_message(data, "1", 0) == parse_message(data, "1", 0)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(real())), st.integers(0, 9), st.binary(max_size=6)), max_size=8))
def test_mutated_messages_never_raise_what_is_unforeseen(edits):
    data = real()
    for place, length, put in edits:
        data = data[:place] + put + data[place + length :]
    survives(data)


_NAMES = st.sampled_from(
    [b"From", b"To", b"Date", b"Subject", b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding"]
)
_ODD = st.sampled_from(
    [
        b"=?utf-8?b?",
        b"?=",
        b"text/html;",
        b"multipart/mixed; boundary=b",
        b"name*0*=",
        b'"',
        b"<",
        b"base64",
        b"\n ",
        b"%ff''",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(_NAMES, st.lists(_ODD | st.binary(max_size=8), max_size=5))),
    st.lists(st.sampled_from([b"--b\n", b"--b--\n", b"<?xml ", b"<p>", b"=3D=", b"\n"]) | st.binary(max_size=20)),
)
def test_random_headers_and_bodies_never_raise_what_is_unforeseen(headers, body):
    lines = b"".join(name + b": " + b"".join(values) + b"\n" for name, values in headers)
    survives(b"Subject: x\n" + lines + b"\n" + b"".join(body))


def test_broken_base64_gives_what_it_can():
    data = b64encode(b"Hello from the yard")
    assert said(data[:9] + b"\n!" + data[9:-3], b"Content-Transfer-Encoding: base64\n").startswith("Hello from the ya")
