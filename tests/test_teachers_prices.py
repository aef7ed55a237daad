from datetime import UTC, datetime
from pathlib import Path

import pytest

from loramake.errors import RecipeError
from loramake.recipe.teacher import Teacher, teacher_of
from loramake.teachers.prices import Prices, Rate, load_prices, read_table
from loramake.teachers.usage import Tokens

SATURDAY, FRIDAY = (datetime(2026, 11, day, 2, 30, tzinfo=UTC) for day in (21, 20))


def model(name: str, url: str = "") -> Teacher:
    return Teacher.model_validate({"name": name, "url": url} if url else teacher_of(name))


def priced(folder: Path, text: str) -> Prices:
    (folder / "prices.yaml").write_text(text)
    return load_prices(folder / "prices.yaml")


def test_a_price_is_per_million():
    rate = Rate(input=2, cached=0.5, written=3, output=8)
    assert rate.cost(Tokens(1_000_000, 2_000_000, 1_000_000, 500_000)) == 2 + 1 + 3 + 4


@pytest.mark.parametrize(
    ("name", "when", "output"),
    [
        ("deepseek/deepseek-flash", SATURDAY, 0.6),
        ("deepseek/deepseek-flash", FRIDAY, 1.2),
        ("deepseek/deepseek-flash", FRIDAY.replace(hour=4, minute=0), 0.6),
        ("anthropic/claude-haiku-4-5-20251001", FRIDAY, 5.0),
        ("openai/gpt-6-luna", FRIDAY, 0.5),
        ("openai/gpt-6-luna", datetime(2026, 9, 21, 23, 59, tzinfo=UTC), None),
        ("gemini/gemini-3.8-flash", FRIDAY, 3.75),
        ("gemini/gemini-3.8-flash", datetime(2027, 1, 1, tzinfo=UTC), 7.5),
        ("openai/some-model", FRIDAY, None),
        ("vllm/some-model", FRIDAY, 0.0),
        ("llama_cpp/m.gguf", FRIDAY, 0.0),
        ("offline", FRIDAY, 0.0),
    ],
)
def test_the_packaged_prices(name: str, when: datetime, output: float | None):
    rate = load_prices(Path("none.yaml")).at(model(name), when)
    assert (rate.output if rate else None) == output


def test_the_packaged_prices_have_a_date():
    assert load_prices(Path("none.yaml")).source(model("openai/gpt-6-sol")) == "loramake's prices of 2026-11-21"


def test_a_batch_costs_its_share():
    prices = load_prices(Path("none.yaml"))
    assert prices.at(model("openai/gpt-6-sol"), FRIDAY, batch=True) == Rate(1.0, 0.1, 1.25, 5.0)
    assert prices.at(model("deepseek/deepseek-flash"), SATURDAY, batch=True) == Rate(0.15, 0.003, 0.15, 0.6)


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        ("m", True),
        ("box:8000/m", False),
        ("box.example/m", True),
        ("box.example/*", True),
        ("*/m", True),
        ("M", False),
        ("openai/m", False),
    ],
)
def test_a_key_names_a_model_by_provider_host_or_name(tmp_path: Path, key: str, fits: bool):
    prices = priced(tmp_path, f"models: {{ '{key}': [{{ input: 1, output: 2 }}] }}")
    rate = prices.at(model("m", "https://box.example:8000/v1"), FRIDAY)
    assert rate == (Rate(1, 1, 1, 2) if fits else None)


def test_the_project_wins_model_by_model_and_names_win_over_patterns(tmp_path: Path):
    prices = priced(
        tmp_path,
        "models:\n  deepseek/*: [{ input: 1, output: 1 }]\n  deepseek/deepseek-flash: [{ input: 7, output: 7 }]\n",
    )
    assert prices.at(model("deepseek/deepseek-flash"), FRIDAY) == Rate(7, 7, 7, 7)
    assert prices.at(model("deepseek/deepseek-v4-pro"), FRIDAY) == Rate(1, 1, 1, 1)
    assert prices.at(model("openai/gpt-6-sol"), FRIDAY) == Rate(2, 0.2, 2.5, 10)
    assert prices.source(model("deepseek/deepseek-flash")) == "prices.yaml"


def test_what_runs_here_is_free_unless_it_has_a_price(tmp_path: Path):
    prices = priced(tmp_path, "models: { m: [{ input: 1, output: 2 }] }")
    assert prices.at(model("m", "http://127.0.0.1:1/v1"), FRIDAY) == Rate(1, 1, 1, 2)
    assert prices.at(model("other", "http://localhost:1/v1"), FRIDAY) == Rate()


PEAK = "models: { m: [{ input: 1, output: 1, peak: { hours: [23:00-01:00], days: [fri], input: 3, output: 4 } }] }"


@pytest.mark.parametrize(
    ("day", "hour", "output"), [(20, 22, 1), (20, 23, 4), (21, 0, 4), (21, 1, 1), (20, 0, 1), (21, 23, 1)]
)
def test_hours_over_midnight_belong_to_the_day_on_which_they_begin(tmp_path: Path, day: int, hour: int, output: float):
    rate = priced(tmp_path, PEAK).at(model("m", "https://x.example"), datetime(2026, 11, day, hour, tzinfo=UTC))
    assert rate and rate.output == output


def test_the_dearest_and_the_span_look_ahead(tmp_path: Path):
    prices, teacher = priced(tmp_path, PEAK), model("m", "https://x.example")
    assert prices.most(teacher, FRIDAY) == Rate(3, 3, 3, 4)
    assert prices.most(teacher, SATURDAY) == Rate(1, 1, 1, 1)
    assert [rate.output for rate in prices.span(teacher, SATURDAY, None)] == [1, 4]
    assert [rate.output for rate in prices.span(teacher, SATURDAY, "03:00-05:00")] == [1]
    assert prices.span(model("openai/unknown"), FRIDAY, None) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("models: { m: [{ input: 1 }] }", "prices.yaml:1:15: models.m.0: needs 'output'"),
        (
            "models:\n  m:\n    - { inptu: 1, input: 1, output: 2 }",
            "3:9: models.m.0.inptu: no such key; did you mean 'input'?",
        ),
        ("models: { m: [{ input: -1, output: 2 }] }", "models.m.0.input: input should be greater than or equal to 0"),
        ("models: { m: [{ input: .nan, output: 2 }] }", "models.m.0.input"),
        ("models: { m: [] }", "models.m: list should have at least 1 item"),
        ("models: { m: [{ from: 2026-13-01, input: 1, output: 2 }] }", "models.m.0"),
        ("models: { m: [{ from: '2026-02-01', until: '2026-01-01', input: 1, output: 2 }] }", "is not after 'from'"),
        (
            "models: { m: [{ input: 1, output: 2, peak: { hours: [25:00-26:00], input: 1, output: 1 } }] }",
            "peak.hours.0",
        ),
        ("modles: {}", "modles: no such key; did you mean 'models'?"),
        ("", "prices.yaml:1:1: is empty"),
        ("models: {", "is not YAML"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_place(tmp_path: Path, text: str, says: str):
    (tmp_path / "prices.yaml").write_text(text)
    with pytest.raises(RecipeError) as raised:
        read_table(tmp_path / "prices.yaml")
    assert says in str(raised.value)


def test_the_example_in_the_guide_is_a_table(tmp_path: Path):
    guide = (Path(__file__).parent.parent / "docs/money.md").read_text(encoding="utf-8")
    example = guide.partition("## Prices")[2].partition("```yaml\n")[2].partition("```")[0]
    prices = priced(tmp_path, example)
    assert prices.at(model("deepseek/deepseek-flash"), FRIDAY) == Rate(0.3, 0.006, 0.3, 1.2)
