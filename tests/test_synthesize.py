"""The stage `synthesize`, against a real server and against the rules."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest

from api_server import ApiServer, Fault
from loramake.errors import DataError, TeacherError
from loramake.readers.records import read
from loramake.recipe.cleaning import Clean
from loramake.recipe.limit import Limit
from loramake.recipe.model import Chunking, Curate, Split, Synthesize
from loramake.recipe.source import Source
from loramake.recipe.task import Task
from loramake.records import Chunk, Counts, Document, Writer, read_rows
from loramake.stages.chunk import chunk
from loramake.stages.clean import clean
from loramake.stages.curate import curate
from loramake.stages.synthesize import synthesize
from loramake.teachers import connection
from loramake.teachers.tasks import conversation

SCHEMA = {
    "type": "object",
    "properties": {"product": {"enum": ["Sedge", "Rill"]}, "about": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["product", "about", "count"],
}
KEY = "sk-not-a-real-key-0123456789"


def passage(number: int, text: str = "", **fields: object) -> Chunk:
    given = {
        "id": f"chunk-{number}",
        "text": text or f"## Winches\n\nWinch number {number} lifts loads of seven tonnes above the harbour.",
        "document": f"document-{number}",
        "start": 0,
        "end": 1,
        "index": 0,
        "source": "docs",
        "path": f"docs/{number}.md",
    }
    return Chunk(**{**given, **fields})


class Bench:
    """A folder to run the stage in, with the journal of all runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.calls = folder, folder / "calls"
        self.chunks = [passage(number) for number in range(6)]

    def run(
        self, model: object = "offline", tasks: object = None, limit: Limit | None = None, **more: object
    ) -> Counts:
        with Writer(self.folder / "chunks.jsonl") as out:
            for chunk in self.chunks:
                out.write(chunk)
        limit = limit or Limit()
        spec = Synthesize.model_validate({"model": model, "tasks": tasks or {"qa": {}}, "limit": limit, **more})
        return synthesize(
            spec,
            chunks=self.folder / "chunks.jsonl",
            examples=self.folder / "examples.jsonl",
            quarantined=self.folder / "quarantined.jsonl",
            calls=self.calls,
        )

    def examples(self) -> list[dict]:
        return list(read_rows(self.folder / "examples.jsonl"))

    def quarantined(self) -> list[dict]:
        return list(read_rows(self.folder / "quarantined.jsonl"))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FIRST_WAIT", 0.001)


def model(server: ApiServer, **more: object) -> dict[str, object]:
    return {"name": "stand-in", "url": server.url, **more}


def on_passage(number: int, fault: Fault, times: int = 99):
    """`fault` for the first requests about one passage."""
    left = [times]

    def chosen(_: int, body: dict) -> Fault | None:
        if f"number {number} " not in body["messages"][1]["content"] or left[0] == 0:
            return None
        left[0] -= 1
        return fault

    return chosen


def test_a_pair_becomes_an_example_that_can_be_walked_back(bench: Bench):
    bench.chunks = [passage(1, part="7", path="orders.jsonl", source="orders")]
    with ApiServer() as server:
        counts = bench.run(model(server))
    first, second = bench.examples()
    assert [message["role"] for message in first["messages"]] == ["user", "assistant"]
    assert (first["chunk"], first["document"], first["group"]) == ("chunk-1", "document-1", "orders.jsonl#7")
    assert first["teacher"] == "stand-in" and first["id"] != second["id"]
    assert counts.made == {"examples": 2} and counts.detail == {"tasks": {"qa": 2}, "teacher": "stand-in"}


def test_the_order_and_the_bytes_do_not_depend_on_who_answers_first(bench: Bench):
    def later(number: int, _: object) -> Fault:
        return Fault(delay=0.05 if number % 3 == 0 else 0)

    tasks = {"one": {}, "two": {"pairs": 1}}
    with ApiServer(fault=later) as server:
        many = bench.run(model(server), tasks, Limit(in_flight=8)), (bench.folder / "examples.jsonl").read_bytes()
        bench.calls = bench.folder / "other-calls"
        one = bench.run(model(server), tasks, Limit(in_flight=1)), (bench.folder / "examples.jsonl").read_bytes()
    assert many == one
    assert [row["task"] for row in bench.examples()] == ["one"] * 12 + ["two"] * 6


def test_requests_under_way_stay_within_the_limit(bench: Bench):
    bench.chunks = [passage(number) for number in range(30)]
    with ApiServer(delay=0.01) as server:
        bench.run(model(server), limit=Limit(in_flight=3))
        assert 1 < server.most_at_once <= 3


def test_a_second_run_asks_nothing_and_gives_the_same_bytes(bench: Bench):
    with ApiServer() as server:
        bench.run(model(server))
        first = (bench.folder / "examples.jsonl").read_bytes()
        bench.run(model(server), limit=Limit(in_flight=2, timeout=9))
        assert server.requests == 6
    assert (bench.folder / "examples.jsonl").read_bytes() == first


def test_what_the_journal_holds_needs_no_endpoint_and_no_key(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STAND_IN_KEY", KEY)
    with ApiServer() as server:
        bench.run(model(server, key="STAND_IN_KEY"))
    monkeypatch.delenv("STAND_IN_KEY")
    assert bench.run(model(server, key="STAND_IN_KEY")).passed == 6


@pytest.mark.parametrize(
    ("edit", "requests"),
    [
        (lambda bench, _: bench.chunks.append(passage(99)), 2),
        (lambda bench, _: bench.chunks.pop(), 0),
        (lambda _, tasks: tasks["one"].update(prompt="Ask something.\n{{ schema }}"), 6),
        (lambda _, tasks: tasks["one"].update(pairs=7), 6),
        (lambda _, tasks: tasks.update(three=tasks["two"]), 0),
        (lambda bench, _: bench.chunks.reverse(), 0),
    ],
    ids=["a passage more", "a passage less", "another prompt", "more pairs", "a task's twin", "another order"],
)
def test_an_edit_pays_for_what_it_touches(bench: Bench, edit, requests: int):
    tasks = {"one": {"pairs": 2}, "two": {"pairs": 1}}
    with ApiServer() as server:
        bench.run(model(server), tasks)
        assert server.requests == 12
        edit(bench, tasks)
        bench.run(model(server), tasks)
        assert server.requests == 12 + requests


@pytest.mark.parametrize("more", [{"temperature": 0.5}, {"max_tokens": 99}])
def test_sampling_is_a_part_of_a_call(bench: Bench, more: dict):
    with ApiServer() as server:
        bench.run(model(server))
        bench.run(model(server), **more)
        assert server.requests == 12


KILLED = """
import sys
from pathlib import Path
from loramake.recipe.limit import Limit
from loramake.recipe.model import Synthesize
from loramake.stages.synthesize import synthesize
folder = Path(sys.argv[1])
model = {"name": "stand-in", "url": sys.argv[2]}
spec = Synthesize(model=model, tasks={"qa": {}}, limit=Limit(in_flight=4))
synthesize(spec, chunks=folder / "chunks.jsonl", examples=folder / "examples.jsonl",
           quarantined=folder / "quarantined.jsonl", calls=folder / "calls")
"""


def test_a_killed_run_goes_on_and_repeats_what_was_in_flight_at_most(bench: Bench):
    bench.chunks = [passage(number) for number in range(40)]
    with ApiServer(delay=0.03) as server:
        with pytest.raises(TeacherError):
            bench.run({"name": "nobody", "url": server.url.replace("/v1", "/v2")})
        for at in (10, 24):
            child = subprocess.Popen([sys.executable, "-c", KILLED, str(bench.folder), server.url])
            while server.requests < at:
                assert child.poll() is None
                time.sleep(0.005)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        bench.run(model(server), limit=Limit(in_flight=4))
        assert server.different == 40
        assert server.requests <= 40 + 2 * 4
    assert len(bench.examples()) == 80


def test_an_answer_cut_short_in_the_journal_is_asked_for_again(bench: Bench):
    with ApiServer() as server:
        bench.run(model(server))
        (journal,) = bench.calls.iterdir()
        journal.write_bytes(journal.read_bytes()[:-20])
        bench.run(model(server))
        assert server.requests == 7


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(finish_reason="length"), "truncated"),
        (Fault(content=""), "empty"),
        (Fault(content="I would rather not."), "not_json: no object in it"),
        (Fault(content='{"pairs": [{"question": "Who?"'), "not_json: Expecting ',' delimiter"),
        (Fault(content='{"pairs": [{"question": "Who?"}]}'), "schema: pairs[0]: 'answer' is a required property"),
        (Fault(content='{"pairs": [{"question": "Who?", "answer": " "}]}'), "schema: pairs[0].answer: blank"),
        (Fault(status=400, error="too long for this model"), "refused: too long for this model"),
        (Fault(status=422, error="content policy"), "refused: content policy"),
    ],
)
def test_an_answer_that_stays_unusable_is_quarantined_with_its_reason(bench: Bench, fault: Fault, reason: str):
    with ApiServer(fault=on_passage(3, fault)) as server:
        counts = bench.run(model(server))
        asked = server.requests
        bench.run(model(server))
    (row,) = bench.quarantined()
    assert (row["task"], row["chunk"], row["path"], row["reason"]) == ("qa", "chunk-3", "docs/3.md", reason)
    assert counts.passed == 5 and counts.quarantined == {reason.split(":")[0]: 1}
    refused = reason.startswith("refused")
    assert row["attempts"] == len(row["answers"]) == (1 if refused else 3)
    assert (asked, server.requests) == ((6, 7) if refused else (8, 8))


def test_the_next_attempt_tells_the_model_what_was_wrong(bench: Bench):
    with ApiServer(fault=on_passage(3, Fault(content="Sorry?"), times=1)) as server:
        assert bench.run(model(server)).passed == 6
    again = next(body["messages"] for body in server.bodies if len(body["messages"]) == 4)
    assert again[2] == {"role": "assistant", "content": "Sorry?"}
    assert "not_json" in again[3]["content"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=429, headers={"Retry-After": "0.01"}),
        Fault(status=503),
        Fault(status=500, error={"message": "overloaded", "code": None}),
        Fault(drop=True),
        Fault(half=True),
        Fault(raw="<html>a proxy's page</html>"),
        Fault(raw='{"choices": []}'),
        Fault(raw='{"error": {"message": "try later"}}'),
        Fault(delay=1.5),
    ],
    ids=str,
)
def test_a_fault_on_the_way_is_tried_again(bench: Bench, fault: Fault):
    with ApiServer(fault=on_passage(3, fault, times=1)) as server:
        assert bench.run(model(server), limit=Limit(timeout=0.5)).passed == 6
        assert server.requests == 7


def test_a_pair_more_than_was_asked_for_is_left_out(bench: Bench):
    pairs = [{"question": f"Who is number {n}?", "answer": "A winch."} for n in range(5)]
    with ApiServer(fault=lambda *_: Fault(content=json.dumps({"pairs": pairs}))) as server:
        assert bench.run(model(server), {"qa": {"pairs": 2}}).made == {"examples": 12}


def test_no_pairs_is_an_answer(bench: Bench):
    with ApiServer(fault=on_passage(3, Fault(content='{"pairs": []}'))) as server:
        counts = bench.run(model(server))
        assert server.requests == 6
    assert counts.dropped == {"no_pairs": 1} and counts.passed == 5


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault(status=401), "does not accept the key in STAND_IN_KEY (401)"),
        (Fault(status=403), "does not accept the key"),
        (Fault(status=402, error="Insufficient Balance"), "no credit left"),
        (Fault(status=404, error="no such route"), "knows no model 'stand-in'"),
        (Fault(status=400, error="Model Not Exist"), "knows no model 'stand-in'"),
        (Fault(status=429, error={"message": "pay first", "code": "insufficient_quota"}), "no credit left"),
        (Fault(status=429, headers={"Retry-After": "86400"}), "limits the rate"),
        (Fault(status=405), "fails (405)"),
    ],
    ids=str,
)
def test_what_no_patience_helps_stops_at_once(bench: Bench, fault: Fault, says: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STAND_IN_KEY", KEY)
    with ApiServer(fault=lambda *_: fault) as server:
        with pytest.raises(TeacherError) as raised:
            bench.run(model(server, key="STAND_IN_KEY"), limit=Limit(in_flight=2))
        assert server.requests <= 2
    assert says in raised.value.what and "stand-in at http://127.0.0.1" in raised.value.where
    assert raised.value.hint.endswith("run the same command again: 0 of 6 answers are kept")
    assert not (bench.folder / "examples.jsonl").exists()


@pytest.mark.parametrize("fault", [Fault(status=500), Fault(drop=True), Fault(raw="no")], ids=str)
def test_an_endpoint_that_fails_for_good_leaves_what_was_answered(bench: Bench, fault: Fault):
    with ApiServer(fault=on_passage(5, fault)) as server:
        with pytest.raises(TeacherError) as raised:
            bench.run(model(server), limit=Limit(in_flight=2))
        assert "run the same command again: 5 of 6 answers are kept" in raised.value.hint
        assert server.requests == 5 + connection.TRIES
    with ApiServer(port=int(server.url.split(":")[2].split("/")[0])) as server:
        assert bench.run(model(server)).passed == 6
        assert server.requests == 1


def test_nobody_listening_is_said_in_three_lines(bench: Bench):
    with pytest.raises(TeacherError, match="no connection") as raised:
        bench.run({"name": "stand-in", "url": "http://127.0.0.1:9/v1"})
    assert len(str(raised.value).splitlines()) == 3


def test_an_endpoint_that_refuses_everything_is_not_asked_for_ever(bench: Bench):
    bench.chunks = [passage(number) for number in range(400)]
    with ApiServer(fault=lambda *_: Fault(status=400, error="response_format is unknown")) as server:
        with pytest.raises(TeacherError, match=r"refuses every request .*response_format is unknown"):
            bench.run(model(server))
        assert server.requests < 300


@pytest.mark.parametrize("value", [None, "", "  ", "naïve-key", "two\nlines"])
def test_a_key_that_is_none_stops_before_anything_is_asked(
    bench: Bench, value: str | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("STAND_IN_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("STAND_IN_KEY", value)
    with ApiServer() as server:
        with pytest.raises(TeacherError, match="STAND_IN_KEY") as raised:
            bench.run(model(server, key="STAND_IN_KEY"))
        assert server.requests == 0
    assert not (value or "").strip() or value not in str(raised.value)


@pytest.mark.parametrize(
    "fault",
    [
        None,
        Fault(status=401, error=f"Incorrect API key provided: {KEY}"),
        Fault(status=400, error=f"bad header Bearer {KEY}"),
        Fault(status=500, error=f"panic at {KEY}"),
        Fault(content=f"Your key is {KEY}"),
        Fault(raw=f'{{"debug": "{KEY}"}}'),
    ],
    ids=str,
)
def test_a_key_is_sent_and_shown_nowhere(
    bench: Bench, fault: Fault | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("STAND_IN_KEY", f" {KEY}\n")
    caplog.set_level(logging.DEBUG)
    shown = ""
    with ApiServer(fault=lambda *_: fault) as server:
        try:
            bench.run(model(server, key="STAND_IN_KEY"))
        except (TeacherError, DataError) as error:
            shown = "".join(traceback.format_exception(error))
        assert server.keys[0] == f"Bearer {KEY}"
    files = "".join(path.read_text() for path in bench.folder.rglob("*") if path.is_file())
    assert KEY not in shown + caplog.text + files


def test_an_endpoint_without_a_key_gets_a_placeholder(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ApiServer() as server:
        bench.run(model(server))
        assert set(server.keys) == {"Bearer none"}


def test_a_task_reads_its_sources(bench: Bench):
    bench.chunks = [passage(1), passage(2, source="tickets")]
    with ApiServer() as server:
        counts = bench.run(model(server), {"qa": {"from": "tickets"}, "all": {}})
    assert counts.given == 3 and counts.detail["tasks"] == {"qa": 2, "all": 4}


def test_an_extract_task_fills_the_schema_in_its_order(bench: Bench):
    bench.chunks = [passage(1, "Sedge\fis wet.", meta={"kind": "order"})]
    with ApiServer() as server:
        bench.run(
            model(server), {"triage": {"kind": "extract", "schema": SCHEMA, "student": "{{ meta.kind }}: {{ text }}"}}
        )
    (example,) = bench.examples()
    assert example["messages"][0]["content"] == "order: Sedge\nis wet."
    assert list(json.loads(example["messages"][1]["content"])) == ["product", "about", "count"]
    assert server.bodies[0]["messages"][-1]["content"] == "Sedge\nis wet."


@pytest.mark.parametrize(("part", "dropped"), [("7", {"beyond_first_chunk": 1}), ("", {})])
def test_of_a_record_the_first_passage_alone_is_extracted(bench: Bench, part: str, dropped: dict):
    bench.chunks = [passage(1, part=part), passage(2, part=part, index=1)]
    with ApiServer() as server:
        counts = bench.run(model(server), {"triage": {"kind": "extract", "schema": SCHEMA}})
    assert counts.dropped == dropped


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("priority", "high"),
        ("count", "3"),
        (["priority", "category"], '{"priority": "high", "category": "café"}'),
        (["note"], '{"note": null}'),
    ],
)
def test_a_direct_task_takes_the_answer_from_the_record(bench: Bench, answer: object, expected: str):
    meta = {"category": "café", "priority": "high", "count": 3, "note": None}
    bench.chunks = [passage(1, "It leaks.", meta=meta), passage(1, "More.", index=1, meta=meta), passage(2, meta={})]
    counts = bench.run(tasks={"label": {"kind": "direct", "answer": answer, "student": "Label: {{ text }}"}})
    (example,) = bench.examples()
    assert [message["content"] for message in example["messages"]] == ["Label: It leaks.", expected]
    field = answer if isinstance(answer, str) else answer[0]
    assert counts.dropped == {"beyond_first_chunk": 1, f"no_field: {field}": 1}
    assert example["teacher"] == "direct" and not bench.calls.exists()


def test_a_direct_task_without_an_answer_passes_conversations_on(bench: Bench):
    turns = [{"role": "system", "content": "Be kind."}, *conversation("Hi", "Hello"), *conversation("And?", "Nothing.")]
    meta = {"messages": turns}
    bench.chunks = [
        passage(1, meta=meta, part="7"),
        passage(1, index=1),
        passage(2, meta={"messages": [{"role": "user"}]}),
    ]
    counts = bench.run(tasks={"chats": {"kind": "direct"}})
    (example,) = bench.examples()
    assert (example["messages"], example["teacher"], example["group"]) == (turns, "direct", "docs/1.md#7")
    assert counts.dropped == {"beyond_first_chunk": 1, "no_conversation": 1}


CHATS = """\
{"id": "a", "contact": "ann@x.org", "messages": [{"role": "system", "content": "You are <b>kind</b>."}, \
{"role": "user", "content": "I am ann@x.org, born \u200bin Rome. Who is bob@x.org?"}, \
{"role": "assistant", "content": "# Bob\\n\\n```py\\nx  = 1\\n```\\n\\nAsk bob@x.org,  ann@x.org."}]}
{"id": "b", "messages": [{"role": "user", "content": "Only asked, and never answered at all."}]}
{"id": "c", "instruction": "Translate into Latin.", "input": "Rome", "output": "Roma, of course. Ask ann@x.org."}
"""


def test_conversations_become_a_training_set_without_a_model(tmp_path: Path):
    (tmp_path / "chats.jsonl").write_text(CHATS, encoding="utf-8")
    reading = read(tmp_path / "chats.jsonl", Source(records=["*"], conversations="auto", id="id")).whole()
    assert [refused.reason for refused in reading.refused] == [
        "bad_conversation: the last message is not the assistant's"
    ]
    with Writer(tmp_path / "documents") as out, Writer(tmp_path / "unread"):
        for parsed in reading.parsed:
            out.write(Document("d", parsed.text, "chats", "chats.jsonl", "0", "r", part=parsed.part, meta=parsed.meta))
    files = {name: tmp_path / name for name in ("documents", "unread", "train", "dropped", "samples")}
    clean(Clean(), **files)
    chunk(Chunking(size=40), documents=files["train"], chunks=tmp_path / "chunks")
    spec = Synthesize.model_validate({"tasks": {"chats": {"kind": "direct", "from": "chats"}}})
    examples = tmp_path / "examples"
    synthesize(
        spec, chunks=tmp_path / "chunks", examples=examples, quarantined=tmp_path / "q", calls=tmp_path / "calls"
    )
    curate(
        Curate(split=Split(train=1, validation=0, test=0)), examples=examples, splits=tmp_path, dropped=tmp_path / "x"
    )
    assert [row["messages"] for row in read_rows(tmp_path / "sft_train.jsonl")] == [
        [
            {"role": "system", "content": "You are kind."},
            {"role": "user", "content": "I am <EMAIL_1>, born in Rome. Who is <EMAIL_2>?"},
            {"role": "assistant", "content": "# Bob\n\n```py\nx  = 1\n```\n\nAsk <EMAIL_2>, <EMAIL_1>."},
        ],
        conversation("Translate into Latin.\n\nRome", "Roma, of course. Ask <EMAIL_1>."),
    ]
    written = "".join(
        (tmp_path / name).read_text() for name in ("train/train.jsonl", "dropped", "samples", "chunks", "examples")
    )
    assert "@x.org" not in written and '"contact":"<EMAIL_1>"' in written


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ({"prompt": "One\n{{ txt }}"}, "'txt' is undefined\n  task t, prompt, line 2\n  there are meta, pairs, path"),
        ({"prompt": "{% if %}"}, "task t, prompt, line 1"),
        (
            {"kind": "extract", "schema": SCHEMA, "student": "{{ meta.colour }}"},
            "there are meta.id, path, section, text",
        ),
        ({"kind": "direct", "answer": "id", "student": "{{ ''.__class__.__mro__ }}"}, "unsafe"),
        ({"kind": "extract", "schema": {"type": "objekt"}}, "not a JSON Schema"),
        ({"kind": "extract", "schema": {"$ref": "http://127.0.0.1:9/x.json"}}, "something outside itself"),
    ],
)
def test_a_task_that_cannot_be_done_is_named(bench: Bench, task: dict, says: str):
    bench.chunks = [passage(1, meta={"id": "7"})]
    with ApiServer() as server, pytest.raises(DataError) as raised:
        bench.run(model(server), {"t": task})
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ({"kind": "direct", "student": "s.md"}, "a task of kind direct needs 'answer'"),
        ({"kind": "direct", "prompt": "p.md"}, "'prompt' is of no use to a task of kind direct"),
    ],
)
def test_a_direct_task_says_what_it_needs(task: dict, says: str):
    with pytest.raises(ValueError, match=says):
        Task.model_validate(task)


def test_no_example_at_all_is_an_error_that_counts_the_reasons(bench: Bench):
    with ApiServer(fault=lambda *_: Fault(content="no")) as server, pytest.raises(DataError) as raised:
        bench.run(model(server))
    assert str(raised.value).splitlines()[:2] == [
        "no example came out of 6 passages (6 not_json)",
        "  the first unusable answer: not_json: no object in it",
    ]
    assert len(bench.quarantined()) == 6


def test_without_passages_nothing_comes_out(bench: Bench):
    bench.chunks = []
    with pytest.raises(DataError, match="no example came out of 0 passages"):
        bench.run()


def test_the_rules_write_examples_without_a_journal(bench: Bench):
    text = "## Winches\n\nA winch is a drum that pulls a rope. The drum must be oiled within 30 days."
    bench.chunks = [passage(1, text), passage(2, "## Contents\n\nWinches 3\nRopes 4")]
    counts = bench.run()
    questions = [row["messages"][0]["content"] for row in bench.examples()]
    assert questions == ["What is a winch?", "How soon must the drum be oiled?"]
    assert counts.dropped == {"no_pairs": 1} and not bench.calls.exists()


def test_a_form_that_the_rules_cannot_fill_is_quarantined(bench: Bench):
    bench.chunks = [
        passage(1, "Product: sedge\nAbout: a leak\nCount: 3"),
        passage(2, "Product: sedge\nCount: 3"),
        passage(3, "Nothing here."),
    ]
    bench.run(tasks={"form": {"kind": "extract", "schema": SCHEMA}})
    (example,) = bench.examples()
    assert example["messages"][1]["content"] == '{"product": "Sedge", "about": "a leak", "count": 3}'
    assert [(row["reason"], row["attempts"]) for row in bench.quarantined()] == [
        ("schema: $: 'about' is a required property", 1),
        ("empty", 1),
    ]


def test_the_server_as_a_program_writes_down_what_it_answers(bench: Bench):
    script, log = Path(__file__).with_name("api_server.py"), bench.folder / "answered.txt"
    command = [sys.executable, str(script), "--log", str(log), "--delay", "0.01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        bench.run({"name": "stand-in", "url": server.stdout.readline().strip()})
        server.kill()
    assert len(set(log.read_text().split())) == 6
