"""OpenAI's chat API: what is sent, and what an endpoint says when it does not answer."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

import pytest

from api_server import ApiServer, Fault
from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.teachers.chat import Chat, chat_url, retry_after, said
from loramake.teachers.transport import Reply
from loramake.teachers.wire import WireError

BODY = {"model": "m", "messages": [{"role": "user", "content": "some words of a passage"}]}
KEY = "sk-not-a-real-key-0123456789"


def chat(url: str, **model: object) -> Chat:
    return Chat(Synthesize.model_validate({"model": {"name": "m", "url": url, **model}, "tasks": {"qa": {}}}))


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "http://", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused_before_anything_is_asked(url: str):
    with pytest.raises(TeacherError, match="no http"):
        chat(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h/v1", "http://h/v1/chat/completions"),
        ("http://h:8/v1/", "http://h:8/v1/chat/completions"),
        ("https://ada:pw@h/v1?api-version=3#x", "https://h/v1/chat/completions?api-version=3"),
        ("http://[::1]:8/", "http://[::1]:8/chat/completions"),
    ],
)
def test_where_chat_is_asked_for(url: str, expected: str):
    assert chat_url(urlsplit(url)) == expected


@pytest.mark.parametrize(
    ("user", "key", "sent"),
    [("", None, "Bearer none"), ("ada:p%40w@", None, "Basic YWRhOnBAdw=="), ("ada:pw@", KEY, f"Bearer {KEY}")],
)
def test_who_asks_is_said_in_a_header(user: str, key: str | None, sent: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STAND_IN_KEY", key or "")
    with ApiServer() as server:
        chat(server.url.replace("//", f"//{user}"), key="STAND_IN_KEY" if key else None).send(BODY)
    assert server.keys == [sent]


def test_a_password_in_the_address_is_not_shown():
    with pytest.raises(TeacherError) as raised:
        chat("ftp://ada:hunter22@127.0.0.1:9/v1?token=hunter22")
    assert "127.0.0.1:9/v1" in raised.value.where and "hunter22" not in str(raised.value)


@pytest.mark.parametrize(
    ("fault", "says", "status", "after"),
    [
        (Fault(status=500, error="on fire"), "on fire", 500, None),
        (
            Fault(status=429, error={"code": "slow", "message": "down"}, headers={"retry-after": "7"}),
            "slow: down",
            429,
            7,
        ),
        (Fault(status=502, raw="<html>bad gateway</html>"), "<html>bad gateway</html>", 502, None),
        (Fault(status=503, raw=""), "", 503, None),
        (Fault(raw=""), "what came back is no answer", 200, None),
        (Fault(raw="[" * 100_000), "what came back is no answer", 200, None),
        (Fault(raw='{"choices": []}'), "what came back is no answer: no choices", 200, None),
        (Fault(drop=True), "", None, None),
    ],
    ids=lambda value: str(value)[:60],
)
def test_one_try_says_why_it_brought_nothing(fault: Fault, says: str, status: int | None, after: float | None):
    with ApiServer(fault=lambda *_: fault) as server, pytest.raises(WireError) as raised:
        chat(server.url).send(BODY)
    assert says in raised.value.says
    assert (raised.value.status, raised.value.retry_after) == (status, after) and len(raised.value.says) <= 300


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"error": {"message": "no"}}', "no"),
        (b'{"detail": "not found"}', "not found"),
        (b'{"error": "no"}', "no"),
        (b"[1]", "[1]"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"null", ""),
        (b'{"error": {"message": "key sk-secret-key"}}', "key ***"),
    ],
)
def test_the_endpoints_own_words(body: bytes, says: str):
    assert said(Reply(500, {}, body), "sk-secret-key") == says


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("-3", 0),
        ("soon", None),
        ("nan", None),
        ("", None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(value: str, expected: float | None):
    assert retry_after(value) == expected


def test_retry_after_as_a_date_to_come():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < retry_after(later) <= 90
