"""Anthropic's protocol, by its own library, against a server that behaves like the Messages API."""

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("anthropic", reason="needs the extra 'anthropic': pip install 'loramake[anthropic]'")

from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.teachers.anthropic import Messages, read_message
from loramake.teachers.calls import Call
from loramake.teachers.endpoint import Endpoint
from loramake.teachers.journal import Journal
from loramake.teachers.wire import WireError
from provider_server import ProviderServer

KEY = "sk-ant-not-a-real-key-0123456789"
SCHEMA = {"type": "object", "properties": {"product": {"enum": ["Sedge", "Rill"]}}, "required": ["product"]}
MESSAGES = [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Which product is it?"}]
CALL = Call(kind="extract", text="t", section=None, meta={}, pairs=1, messages=MESSAGES, schema=SCHEMA)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def spec(url: str, **more: Any) -> Synthesize:
    model = {"name": "claude", "url": url, "key": "ANTHROPIC_API_KEY", "protocol": "anthropic"}
    return Synthesize.model_validate({"model": model, "tasks": {"t": {}}, **more})


def sent(server: ProviderServer, **more: Any) -> Any:
    wire = Messages(spec(server.url, **more))
    try:
        return wire.send(wire.request(CALL))
    finally:
        wire.close()


def test_an_answer_is_the_text_without_the_thoughts():
    with ProviderServer() as server:
        answer = sent(server)
    assert json.loads(answer.content)["product"] in ("Sedge", "Rill")
    assert answer.finish_reason == "stop"
    assert answer.usage == {
        "input_tokens": 100,
        "output_tokens": 10,
        "cache_read_input_tokens": 5,
        "total_tokens": 115,
    }


def test_what_is_sent():
    with ProviderServer() as server:
        sent(server, temperature=0.5, max_tokens=99)
        (body,) = server.singles
        heads = server.heads[0]
    closed = {**SCHEMA, "additionalProperties": False}
    assert body == {
        "model": "claude",
        "system": "Be terse.",
        "messages": MESSAGES[1:],
        "max_tokens": 99,
        "temperature": 0.5,
        "output_config": {"format": {"type": "json_schema", "schema": closed | {"properties": SCHEMA["properties"]}}},
    }
    assert KEY in (heads.get("x-api-key"), heads.get("authorization", "").removeprefix("Bearer "))


@pytest.mark.parametrize("status", [400, 401, 404, 413, 429, 500, 529])
def test_a_refusal_is_told_with_its_status_and_without_the_key(status: int):
    reply = {"type": "error", "error": {"type": "some_error", "message": f"no, {KEY}!"}}
    with ProviderServer(fault=lambda *_: (status, reply)) as server:
        server.headers["Retry-After"] = "7"
        with pytest.raises(WireError) as error:
            sent(server)
        assert len(server.asked) == 1
    assert (error.value.status, error.value.retry_after, error.value.says) == (status, 7.0, "some_error: no, ***!")


@pytest.mark.parametrize("reply", [b"<html>", b'{"content": 1}', b"[]", b'"x"', b""])
def test_what_is_no_answer_is_told(reply: bytes):
    with ProviderServer(fault=lambda *_: (200, reply)) as server, pytest.raises(WireError, match="no answer") as error:
        sent(server)
    assert error.value.status == 200


def test_nobody_there_is_told():
    with pytest.raises(WireError) as error:
        sent(type("Nobody", (), {"url": "http://127.0.0.1:1"})())
    assert error.value.status is None and "refused" in error.value.says


def test_a_redirect_is_not_followed():
    with ProviderServer() as other, ProviderServer(fault=lambda *_: (307, {})) as server:
        server.headers["Location"] = f"{other.url}/messages"
        with pytest.raises(WireError) as error:
            sent(server)
        assert error.value.status == 307 and other.asked == []


def test_the_endpoint_asks_once_for_what_the_journal_knows(tmp_path: Path):
    with ProviderServer() as server:
        asked = spec(server.url)
        for _ in range(2):
            with (
                Journal(tmp_path) as journal,
                Endpoint(asked, journal=journal, stop=threading.Event(), wire=Messages(asked)) as teacher,
            ):
                teacher.answer(CALL)
        assert len(server.singles) == 1


def test_the_library_is_an_extra(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "anthropic", None)
    wire = Messages(spec("http://127.0.0.1:1"))
    with pytest.raises(TeacherError) as error:
        wire.send(wire.request(CALL))
    assert error.value.what == "the package 'anthropic' is not installed"
    assert "loramake[anthropic]" in error.value.hint


def test_a_key_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    wire = Messages(spec("http://127.0.0.1:1"))
    with pytest.raises(TeacherError, match="ANTHROPIC_API_KEY is not set"):
        wire.send(wire.request(CALL))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"content": [], "stop_reason": "max_tokens"}, "length"),
        ({"content": [{"type": "text", "text": None}, 3], "stop_reason": None}, "stop"),
        ({"content": [], "stop_reason": "refusal", "usage": 3}, "refusal"),
    ],
)
def test_how_a_message_ends(reply: dict, reason: str):
    answer = read_message(reply, secret="")
    assert (answer.content, answer.finish_reason, answer.usage) == ("", reason, None)


def test_an_answer_that_repeats_the_key_does_not_bring_it_along():
    reply = {"content": [{"type": "text", "text": f"the key is {KEY}"}]}
    assert read_message(reply, secret=KEY).content == "the key is ***"
