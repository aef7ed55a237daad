import ast
import re

import pytest
import yaml

from fake_build import data_build, full_build, write_rows
from loramake.files import read_json, write_json
from loramake.records import read_rows
from loramake.reporting.built import read_build
from loramake.reporting.card import make_card, plain
from loramake.reporting.story import tell
from test_reporting_story import with_base


def made(stages):
    return make_card(tell(read_build(stages)))


def front(card):
    return yaml.safe_load(card.split("---\n")[1])


def relicensed(stages, licence):
    path = stages["sources"] / "documents.jsonl"
    write_rows(path, [row | {"licence": licence} for row in read_rows(path)])
    return stages


def test_the_front_matter_of_a_recipe_s_own_base(tmp_path):
    assert front(made(full_build(tmp_path))) == {
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "tags": ["lora", "sft", "loramake"],
        "license": "cc-by-4.0",
    }


def test_the_front_matter_names_a_base_of_the_hub(tmp_path):
    matter = front(made(with_base(full_build(tmp_path), "Qwen/Qwen2.5-7B-Instruct")))
    assert matter["base_model"] == "Qwen/Qwen2.5-7B-Instruct"
    assert matter["base_model_relation"] == "adapter"


def test_the_front_matter_of_data(tmp_path):
    assert front(made(data_build(tmp_path))) == {"tags": ["loramake"], "license": "cc-by-4.0"}


@pytest.mark.parametrize(
    ("licence", "matter"),
    [
        ("Apache-2.0", {"license": "apache-2.0"}),
        ("GPL-3.0", {"license": "gpl-3.0"}),
        ("internal: do not share", {"license": "other", "license_name": "internal: do not share"}),
        (None, {}),
    ],
)
def test_how_a_licence_is_named(tmp_path, licence, matter):
    found = front(made(relicensed(data_build(tmp_path), licence)))
    assert {key: value for key, value in found.items() if key.startswith("license")} == matter


def test_the_snippet_is_python(tmp_path):
    card = made(with_base(full_build(tmp_path), "Qwen/Qwen2.5-7B-Instruct"))
    snippet = re.search(r"```python\n(.*?)```", card, re.DOTALL)[1]
    assert "Qwen/Qwen2.5-7B-Instruct" in snippet
    ast.parse(snippet)


def test_an_own_base_stands_beside_the_adapter(tmp_path):
    card = made(full_build(tmp_path))
    assert 'base = "base"' in card
    assert "| base/ | 4.26 kB |" in card


@pytest.mark.parametrize("make", [data_build, full_build])
def test_tables_have_as_many_cells_in_every_row(tmp_path, make):
    for table in re.findall(r"(?:^\|.*\|\n)+", made(make(tmp_path)), re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1, table


def test_the_metrics_hold_every_split(tmp_path):
    card = made(full_build(tmp_path)).replace("\u202f", " ")
    assert "| test | triage | 200 | exact match | 0.5 % | 35.5 % | 98.0 % |" in card
    assert "| phrases | triage | 80 | exact match | 0.0 % | 35.0 % | 41.2 % |" in card


def test_limits_are_said_plainly(tmp_path):
    limits = made(full_build(tmp_path)).partition("## Limits")[2]
    assert "On the hold-out phrases that is not reliably better" in limits
    assert "written by deepseek-flash 10, taken from the records 107" in limits
    assert "Masking works by rules" in limits


def test_an_adapter_that_was_not_judged_says_so(tmp_path):
    stages = full_build(tmp_path)
    del stages["evaluate"]
    assert "It has not been evaluated" in made(stages)


def test_sources_without_a_licence_are_named(tmp_path):
    card = made(relicensed(data_build(tmp_path), None))
    assert "state no licence for some of their documents: handbook, tickets." in card


def test_a_card_has_no_times(tmp_path):
    card = made(full_build(tmp_path))
    assert "2025-01-02" not in card
    assert "atlas" not in card


def test_text_from_data_makes_no_marks(tmp_path):
    stages = full_build(tmp_path)
    path = stages["clean"] / "receipt.json"
    receipt = read_json(path)
    receipt["counts"]["dropped"] = {"<b>|`x": 9}
    write_json(path, receipt)
    assert r"- clean: \<b\>\|\`x, 9" in made(stages)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a | b", r"a \| b"), ("<script>", r"\<script\>"), ("two\nlines", "two lines"), ("q4_k_m", "q4_k_m"), (3, "3")],
)
def test_how_markdown_shows_a_text(text, shown):
    assert plain(text) == shown


def test_consent_and_languages_stand_beside_the_licence(tmp_path):
    stages = data_build(tmp_path)
    path = stages["sources"] / "documents.jsonl"
    first, *rest = read_rows(path)
    write_rows(path, [first, *(row | {"language": "en"} for row in rest)])
    card = made(stages)
    assert "| handbook | CC-BY-4.0 | it is ours | en, unknown |" in card
    assert "| tickets | CC-BY-4.0 | not stated | en |" in card
