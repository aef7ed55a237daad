from pathlib import Path

import pytest

from loramake.files import write_json
from loramake.summary import summary


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "results/small"
    place.mkdir(parents=True)
    return place


def figures(exact: float, perplexity: float | None) -> dict[str, object]:
    return {"tasks": {"triage": {"n": 91, "exact_match": exact, "perplexity": perplexity}}}


def test_metrics_stand_before_and_after_with_the_majority(place: Path):
    write_json(
        place / "metrics.json",
        {"test": {"base": figures(0, 22), "adapter": figures(0.978, 1.04), "majority": figures(0.066, None)}},
    )
    lines = [line.split() for line in summary("small").splitlines()]
    assert ["test", "triage", "91", "0.000", "0.978", "0.066", "22.00", "1.04"] in lines


def test_files_and_folders_have_their_sizes(place: Path):
    (place / "adapter").mkdir()
    (place / "adapter/weights").write_bytes(b"x" * 1500)
    (place / "train.jsonl").write_bytes(b"x" * 12)
    write_json(place / ".published-0", {"keys": {}, "files": []})
    text = summary("small")
    assert "1.5 KB  results/small/adapter/" in text
    assert "12 B  results/small/train.jsonl" in text
    assert "published" not in text


def test_a_recipe_without_a_model_has_no_metrics_and_says_where_its_report_is(place: Path):
    (place / "train.jsonl").write_text("{}")
    assert summary("small").splitlines()[-1] == "  the report: results/small/report.html"


def test_a_teacher_that_was_paid_has_a_line(place: Path):
    bill = {
        "model": "m at http://x",
        "requests": 1200,
        "from_journal": 3,
        "tokens": {"input": 900, "cached": 100, "written": 0, "output": 50},
        "usd": 0.12345,
        "usd_estimated": 0.01,
        "prices": "prices.yaml",
    }
    write_json(Path("build/synthesize/k1/run.json"), {"bill": bill})
    write_json(place / ".published-0", {"keys": {"synthesize": "k1"}, "files": []})
    line = (
        "  m at http://x: 1,200 requests, 3 answers from the journal; 1,000 tokens in (100 cached), 50 out; "
        "0.1235 USD, 0.0100 of it estimated (prices.yaml)"
    )
    assert line in summary("small").splitlines()
