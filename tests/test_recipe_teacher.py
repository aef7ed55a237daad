from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from loramake.errors import RecipeError
from loramake.plan import open_project
from loramake.recipe.load import load_recipe
from loramake.recipe.model import Synthesize
from loramake.recipe.teacher import PROVIDERS, Teacher, is_near
from loramake.slices import slices_of


def teacher(model: Any) -> Teacher:
    return Synthesize.model_validate({"model": model, "tasks": {"t": {}}}).model


@pytest.mark.parametrize(
    ("model", "name", "url", "key", "answers"),
    [
        ("deepseek/a", "a", "https://api.deepseek.com", "DEEPSEEK_API_KEY", "json_object"),
        ("openai/a", "a", "https://api.openai.com/v1", "OPENAI_API_KEY", "json_object"),
        (
            "gemini/a",
            "a",
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "GEMINI_API_KEY",
            "json_schema",
        ),
        ("anthropic/a", "a", "https://api.anthropic.com", "ANTHROPIC_API_KEY", "json_schema"),
        ("vllm/org/a", "org/a", "http://localhost:8000/v1", None, "json_schema"),
        ("ollama/a:7b", "a:7b", "http://localhost:11434/v1", None, "json_schema"),
        ("llama_cpp/models/a.gguf", "a.gguf", None, None, "json_object_schema"),
        ("offline", "offline", None, None, "json_object"),
        ({"name": "org/a", "url": "http://gpu/v1"}, "org/a", "http://gpu/v1", None, "json_object"),
        ({"name": "a", "url": "http://gpu/v1", "answers": None}, "a", "http://gpu/v1", None, "json_object"),
        (
            {"name": "openai/a", "answers": "json_schema"},
            "a",
            "https://api.openai.com/v1",
            "OPENAI_API_KEY",
            "json_schema",
        ),
        ({"name": "deepseek/a", "key": "MINE"}, "a", "https://api.deepseek.com", "MINE", "json_object"),
        ({"name": "a", "url": "http://gpu", "protocol": "anthropic"}, "a", "http://gpu", None, "json_schema"),
        ({"name": "mine", "file": "models/a.gguf"}, "mine", None, None, "json_object_schema"),
    ],
)
def test_what_a_name_stands_for(model: Any, name: str, url: str | None, key: str | None, answers: str):
    found = teacher(model)
    assert (found.name, found.url, found.key, found.answers) == (name, url, key, answers)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("gpt", "'gpt' is no model"),
        ("nobody/a", "no provider 'nobody'; known are deepseek, openai"),
        ({"name": "nobody/a"}, "no provider 'nobody'"),
        ({"name": "a"}, "'a' is no model; write offline, deepseek/NAME"),
        ("openai/", "'openai/' is no model"),
        ({"file": "a.gguf", "url": "http://gpu/v1"}, "'file' is served here"),
        ({"name": "anthropic/a", "answers": "json_object"}, "json_schema and text"),
        ({"name": "a", "url": "http://example.com\\@127.0.0.1/v1"}, "a backslash or white space"),
        ({"name": "a", "url": "http://127.0.0.1 .example.com/v1"}, "a backslash or white space"),
    ],
)
def test_what_is_no_model_is_refused(model: Any, says: str):
    with pytest.raises(ValidationError, match=says):
        teacher(model)


@pytest.mark.parametrize("name", [name for name, provider in PROVIDERS.items() if provider.url])
def test_a_provider_is_known_by_its_address(name: str):
    assert teacher(f"{name}/a").provider is PROVIDERS[name]
    assert teacher({"name": "a", "url": f"{PROVIDERS[name].url}"}).provider is PROVIDERS[name]


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost", True),
        ("box.localhost", True),
        ("gpu.local", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("192.168.1.5", True),
        ("169.254.1.1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("::ffff:192.168.0.1", True),
        ("", False),
        ("8.8.8.8", False),
        ("0.0.0.0", False),
        ("172.32.0.1", False),
        ("::ffff:8.8.8.8", False),
        ("2001:4860::1", False),
        ("api.openai.com", False),
        ("localhost.example.com", False),
        ("127.0.0.1.nip.io", False),
        ("2130706433", False),
        ("127.0.0.1%2eexample.com", False),
        ("localhost.", False),
    ],
)
def test_which_hosts_are_near(host: str, near: bool):
    assert is_near(host) is near


RECIPE: dict[str, Any] = {
    "sources": {"docs": {"files": "*.md"}},
    "clean": {"steps": [{"keep": {}}]},
    "chunk": {},
    "synthesize": {"model": "openai/a", "tasks": {"t": {"kind": "qa"}}},
}


def changed(**synthesize: Any) -> dict[str, Any]:
    return {**RECIPE, "synthesize": {**RECIPE["synthesize"], **synthesize}}


def problems(recipe: dict[str, Any], tmp_path) -> list[str]:
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    try:
        load_recipe(tmp_path / "r.yaml", tmp_path)
    except RecipeError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    "recipe",
    [
        changed(unmasked=True),
        changed(model="offline"),
        changed(model="llama_cpp/a.gguf"),
        changed(model="vllm/a"),
        changed(model={"name": "a", "url": "http://10.0.0.7:8000/v1"}),
        changed(tasks={"t": {"kind": "direct", "answer": "a"}}),
        {**RECIPE, "clean": {}},
        {**RECIPE, "clean": {"preset": "tickets"}},
        {**RECIPE, "clean": {"steps": [{"mask": []}]}},
        changed(limit={"batch": True}, unmasked=True),
    ],
)
def test_what_may_be_sent(recipe: dict[str, Any], tmp_path):
    assert problems(recipe, tmp_path) == []


@pytest.mark.parametrize(
    "model",
    [
        "deepseek/a",
        "gemini/a",
        "anthropic/a",
        {"name": "a", "url": "http://8.8.8.8/v1"},
        {"name": "a", "url": "http://127.0.0.1@example.com/v1"},
    ],
)
def test_text_that_is_not_masked_is_not_sent_elsewhere(model: Any, tmp_path):
    (problem,) = problems(changed(model=model), tmp_path)
    assert problem.startswith("r.yaml:9:") and "synthesize.model: text that is not masked would be sent to" in problem
    assert "- mask: all" in problem and "unmasked: true" in problem


@pytest.mark.parametrize("model", ["deepseek/a", "gemini/a", "vllm/a", "llama_cpp/a.gguf", "offline"])
def test_a_batch_needs_a_provider_that_has_one(model: str, tmp_path):
    (problem,) = problems(changed(model=model, unmasked=True, limit={"batch": True}), tmp_path)
    assert "synthesize.limit.batch: this model has no batch interface" in problem
    assert "openai/NAME, anthropic/NAME have one" in problem


def slice_of(tmp_path, model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    (tmp_path / "a.md").write_text("text")
    (tmp_path / "recipes").mkdir(exist_ok=True)
    file = tmp_path / "recipes/r.yaml"
    file.write_text(yaml.safe_dump(changed(model=model)))
    point = slices_of(load_recipe(file, tmp_path)[0], "r", open_project(tmp_path))
    return point.slices["synthesize"]["spec"]["model"], point.settings["synthesize"]["model"]


def test_a_model_file_counts_by_what_it_holds(tmp_path):
    for name, content in (("a.gguf", b"GGUF1"), ("moved/a.gguf", b"GGUF1"), ("other/a.gguf", b"GGUF2")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    first, settings = slice_of(tmp_path, "llama_cpp/a.gguf")
    moved, elsewhere = slice_of(tmp_path, "llama_cpp/moved/a.gguf")
    assert first == moved != slice_of(tmp_path, "llama_cpp/other/a.gguf")[0]
    planned = teacher({**moved, **elsewhere})
    assert planned.pinned == ("moved/a.gguf", moved["file"]) and settings["file"].endswith(":a.gguf")


@pytest.mark.parametrize(
    ("file", "says"), [("no.gguf", "no file 'no.gguf'"), ("../a.gguf", "'../a.gguf' is outside of the project")]
)
def test_a_model_file_must_be_there(file: str, says: str, tmp_path):
    with pytest.raises(RecipeError) as error:
        slice_of(tmp_path, f"llama_cpp/{file}")
    assert f"synthesize.model.file: {says}" in str(error.value)


def test_a_slice_names_address_and_form_but_no_key(tmp_path):
    kept, settings = slice_of(tmp_path, {"name": "a", "url": "http://localhost:1/v1", "key": "MY_KEY"})
    assert kept == {"name": "a", "url": "http://localhost:1/v1", "answers": "json_object"}
    assert settings == {"key": "MY_KEY"}
