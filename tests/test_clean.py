import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.errors import DataError
from loramake.files import sha256_file
from loramake.recipe.cleaning import Clean, Keep, Step
from loramake.records import Document, Writer, read_rows
from loramake.stages.clean import clean

UNREAD = {"source": "docs", "path": "a.pdf", "part": "", "sha256": "0", "reason": "encrypted"}
LONG = "A sentence that is long enough to be kept."


def document(text: str, number: int = 0) -> Document:
    return Document(id=f"d{number}", text=text, source="docs", path=f"{number}.md", sha256="0", reader="text/1")


class Run:
    """What `clean` makes of some texts."""

    def __init__(self, folder, texts, spec=None, **more):
        self.folder = folder
        with Writer(folder / "documents.jsonl") as out, Writer(folder / "unread.jsonl") as unread:
            for number, text in enumerate(texts):
                out.write(document(text, number))
            unread.write(UNREAD)
        outputs = {"train": folder / "train", "dropped": folder / "dropped.jsonl", "samples": folder / "samples.jsonl"}
        inputs = {"documents": folder / "documents.jsonl", "unread": folder / "unread.jsonl"}
        self.counts = clean(spec or Clean(), **inputs, **outputs, **more)
        self.train = list(read_rows(outputs["train"]))
        self.dropped = list(read_rows(outputs["dropped"]))
        self.samples = list(read_rows(outputs["samples"]))


def test_what_is_kept_comes_in_order_with_its_text_cleaned(tmp_path):
    run = Run(tmp_path, [f"<p>{LONG}</p>", f"{LONG} Mail  ann@example.org."])
    assert [(row["path"], row["text"]) for row in run.train] == [("0.md", LONG), ("1.md", f"{LONG} Mail <EMAIL_1>.")]
    assert run.counts.detail["masked"] == {"email": 1}


def test_dropped_names_everything_that_did_not_come_through(tmp_path):
    run = Run(tmp_path, [LONG, "short", "", LONG])
    reasons = [(row["stage"], row["path"], row["reason"]) for row in run.dropped]
    assert reasons == [
        ("sources", "a.pdf", "encrypted"),
        ("clean", "1.md", "too_short"),
        ("clean", "2.md", "empty"),
        ("clean", "3.md", f"duplicate: {run.train[0]['id']}"),
    ]
    assert run.counts.dropped == {"duplicate": 1, "empty": 1, "too_short": 1}
    assert (run.counts.given, run.counts.passed) == (4, 1)


def test_duplicates_are_judged_by_what_the_steps_before_have_left(tmp_path):
    spaced = LONG.replace(" ", "  ")
    steps = [Step(deduplicate="exact"), Step(whitespace="collapse")]
    assert len(Run(tmp_path, [LONG, spaced], Clean(steps=steps)).train) == 2
    assert len(Run(tmp_path, [LONG, spaced], Clean(steps=steps[::-1])).train) == 1


def test_a_duplicate_is_dropped_as_it_stood_and_masked(tmp_path):
    steps = [Step(deduplicate="exact"), Step(whitespace="collapse"), Step(mask=["email"])]
    run = Run(tmp_path, ["a  b c@x.org"] * 3, Clean(steps=steps))
    assert [row.get("text") for row in run.dropped] == [None, "a  b <EMAIL_1>", "a  b <EMAIL_1>"]
    assert run.counts.detail["masked"] == {"email": 1}


def test_the_funnel_counts_each_step(tmp_path):
    steps = [Step(whitespace="collapse"), Step(keep=Keep(min_chars=5)), Step(deduplicate="exact")]
    run = Run(tmp_path, ["long  enough", "hi", "long enough"], Clean(steps=steps))
    assert run.counts.detail["steps"] == {
        "1 whitespace": {"given": 3, "changed": 1, "dropped": 0},
        "2 keep": {"given": 3, "changed": 0, "dropped": 1},
        "3 deduplicate": {"given": 2, "changed": 0, "dropped": 1},
    }


def test_no_steps_change_nothing(tmp_path):
    assert Run(tmp_path, ["<b>x</b>  y"], Clean(steps=[])).train[0]["text"] == "<b>x</b>  y"


@pytest.mark.parametrize(
    ("texts", "message"), [(["a", "b", ""], "2 too_short, 1 empty"), ([], "no documents to clean")]
)
def test_nothing_left_is_an_error_with_the_reasons(tmp_path, texts, message):
    with pytest.raises(DataError, match=message):
        Run(tmp_path, texts)


def test_an_edit_that_is_washed_out_leaves_the_same_id(tmp_path):
    before, after = (Run(tmp_path, [text]).train for text in (LONG, LONG.replace(" ", "  ")))
    assert before == after
    assert Run(tmp_path, [LONG + " And more."]).train[0]["id"] != before[0]["id"]


@pytest.mark.parametrize(("texts", "warned"), [(["a", LONG, "b"], True), ([f"{LONG} {n}" for n in range(9)], False)])
def test_losing_much_is_told_with_the_largest_reason(tmp_path, caplog, texts, warned):
    with caplog.at_level(logging.WARNING):
        Run(tmp_path, texts)
    assert ("2 of 3 documents were dropped: 2 too_short" in caplog.text) == warned


def test_a_line_that_is_no_json_is_named(tmp_path):
    (tmp_path / "documents.jsonl").write_text("{oops\n")
    (tmp_path / "unread.jsonl").write_text("")
    files = {name: tmp_path / f"{name}.jsonl" for name in ("documents", "unread", "train", "dropped", "samples")}
    with pytest.raises(DataError, match=r"documents\.jsonl:1"):
        clean(Clean(), **files)
    assert not list(files["train"].glob("*.jsonl"))


def test_a_large_corpus_comes_in_parts_that_read_as_one(tmp_path, monkeypatch):
    texts = [f"{LONG} {number}" for number in range(40)]
    whole = Run(tmp_path, texts).train
    monkeypatch.setattr("loramake.records.PART_BYTES", 1000)
    (tmp_path / "train/train.jsonl").unlink()
    run = Run(tmp_path, texts)
    assert run.train == whole
    parts = sorted(path.name for path in (tmp_path / "train").iterdir())
    assert len(parts) > 10 and {"train.jsonl", "train-2.jsonl", "train-10.jsonl"} < set(parts)
    assert all(path.stat().st_size <= 1000 for path in (tmp_path / "train").iterdir())


def test_samples_show_what_each_step_changed_and_nothing_that_is_masked(tmp_path):
    text = f"<p>{LONG}</p> <b>ann@example.org</b>  wrote"
    samples = Run(tmp_path, [text] * 5 + [f"{LONG} {number}" for number in range(5)]).samples
    assert [row["step"] for row in samples] == ["1 html"] * 3 + ["3 whitespace"] * 3 + ["4 mask"] * 3
    assert samples[0]["before"].startswith("<p>") and samples[0]["after"].startswith(LONG[:20])
    assert samples[-1] | {"after": ""} == {
        "step": "4 mask",
        "source": "docs",
        "path": samples[-1]["path"],
        "part": "",
        "before": "",
        "after": "",
    }
    assert "<EMAIL_1> wrote" in samples[-1]["after"]
    assert "ann@example.org" not in json.dumps(samples)


def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path):
    texts = [f"{LONG} <p>Number {n % 900}</p> mail{n % 900}@example.org " * 60 for n in range(1000)]
    digests = set()
    for threads in (1, 2):
        Run(tmp_path, texts, threads=threads)
        digests.add((sha256_file(tmp_path / "train/train.jsonl"), sha256_file(tmp_path / "dropped.jsonl")))
    assert len(digests) == 1


TEXT = st.lists(st.sampled_from(["word ", "\n", "  ", "<p>", "a@x.org ", "# H\n", "x" * 30]), max_size=6).map("".join)


@given(texts=st.lists(TEXT, max_size=8), secret=st.from_regex(r"\A[a-z]{8}[0-9]{4}\Z"))
@settings(max_examples=50, deadline=None)
def test_nothing_is_lost_and_no_secret_survives(tmp_path_factory, texts, secret):
    folder = tmp_path_factory.mktemp("clean")
    run = Run(folder, [*texts, LONG, f"{LONG}\npassword: {secret}", f"password={secret}"])
    assert {row["path"] for row in run.train + run.dropped[1:]} == {f"{n}.md" for n in range(len(texts) + 3)}
    assert run.counts.given == len(run.train) + len(run.dropped) - 1
    assert secret not in json.dumps(run.train + run.dropped)
