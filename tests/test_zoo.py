"""A zoo of broken recipes: each gets the error that names its place, in under a second, and nothing is written."""

import resource
from pathlib import Path

import pytest

from conftest import Project

GOOD = """\
sources:
  yard: { files: "docs/**/*.md" }
clean: {}
chunk: {}
synthesize: { model: offline, tasks: { yard: { kind: qa } } }
curate: {}
pretrain: {}
train: { lora: { rank: 4 } }
"""
BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)

ZOO = {
    "unknown_key": (GOOD.replace("rank", "rnk"), "8:18: train.lora.rnk: no such key; did you mean 'rank'?"),
    "unknown_block": (GOOD + "exprot: {}\n", "9:1: exprot: no such key; did you mean 'export'?"),
    "wrong_type": (GOOD.replace("rank: 4", "rank: four"), '8:18: train.lora.rank: must be a whole number, not "four"'),
    "text_for_a_block": (
        GOOD.replace("train: { lora: { rank: 4 } }", "train: yes"),
        "8:1: train: must be a mapping of keys",
    ),
    "bad_range": (GOOD.replace("rank: 4", "rank: 0"), "8:18: train.lora.rank: must be at least 1, not 0"),
    "bad_choice": (
        GOOD.replace("chunk: {}", "chunk: { by: headings }"),
        "must be 'heading' or 'sentence', not \"headings\"; did you mean",
    ),
    "missing_file": (GOOD.replace("docs/", "dosc/"), "2:11: sources.yard.files: no file matches 'dosc/**/*.md'"),
    "missing_prompt": (
        GOOD.replace("kind: qa", "kind: qa, prompt: no.md"),
        "5:58: synthesize.tasks.yard.prompt: no file 'no.md'",
    ),
    "missing_from": ("from: nobody.yaml\n", "1:1: from: no file 'recipes/nobody.yaml'"),
    "cyclic_from": ("from: broken.yaml\n", "1:1: from: goes in a circle: recipes/broken.yaml -> recipes/broken.yaml"),
    "duplicate_key": (GOOD + "clean: {}\n", "9:1: clean: the key stands here twice; the first is in line 3"),
    "alias_bomb": (BOMB, "grows to more than 20000 values"),
    "too_deep": ("a: " + "[" * 60 + "]" * 60, "grows to more than 40 levels"),
    "out_of_the_project": (
        GOOD.replace("docs/**/*.md", "../*.md"),
        "sources.yard.files: '../*.md' is outside of the project",
    ),
    "absolute_path": (
        GOOD.replace("docs/**/*.md", "/etc/passwd"),
        "sources.yard.files: '/etc/passwd' is outside of the project",
    ),
    "out_by_a_prompt": (
        GOOD.replace("kind: qa", "kind: qa, prompt: ../secret.md"),
        "'../secret.md' is outside of the project",
    ),
    "out_by_a_link": (GOOD.replace("docs/**", "linked/**"), "'linked/secret.md' is outside of the project"),
    "tab": (
        GOOD.replace("  yard:", "\tyard:"),
        "2:1: is not YAML: found character '\\t' that cannot start any token; indent with spaces",
    ),
    "empty": ("", "1:1: is empty; a recipe needs at least 'sources'"),
    "only_a_comment": ("# soon\n", "1:1: is empty"),
    "a_list": ("- sources\n", "1:1: is not a mapping of keys; begin with 'sources:'"),
    "not_yaml": ("sources: [\n", "is not YAML: "),
    "not_utf8": (b"about: caf\xe9\n", "1:1: is not UTF-8 text; save it as UTF-8"),
    "a_tag": ("about: !!python/object/apply:os.system [ls]\n", "is not allowed; write plain values"),
    "too_large": ("#" * 1_000_001, "is larger than 1 MB"),
    "no_sources": ("clean: {}\n", "1:1: needs 'sources'"),
    "two_kinds": (
        GOOD.replace("{ files:", "{ git: docs, files:"),
        "needs exactly one of files, records, git, github, gitlab, jira, confluence, mineru; has files, git",
    ),
    "key_of_another_kind": (
        GOOD.replace('*.md" }', '*.md", since: 2024-01-01 }'),
        "'since' belongs to a source of git",
    ),
    "bad_name": (GOOD.replace("  yard: { files", "  My Yard: { files"), "'My Yard' is no name; use small letters"),
    "no_such_source": (
        GOOD.replace("kind: qa", "kind: qa, from: yarn"),
        "synthesize.tasks.yard.from: no source 'yarn'; did you mean 'yard'?",
    ),
    "block_missing": (GOOD.replace("chunk: {}\n", ""), "4:1: synthesize: needs 'chunk'; add 'chunk:'"),
    "no_base": (GOOD.replace("pretrain: {}\n", ""), "7:1: train: needs 'base'; name a model, or add 'pretrain: {}'"),
    "block_without_a_value": (
        GOOD.replace("clean: {}", "clean:"),
        "3:1: clean: is empty; write 'clean: {}' for its defaults",
    ),
    "two_steps_in_one": (
        GOOD.replace("clean: {}", "clean: { steps: [{ html: strip, mask: all }] }"),
        "a step has exactly one of",
    ),
    "shares": (
        GOOD.replace("curate: {}", "curate: { split: { train: 0.9 } }"),
        "curate.split: the shares sum to 1.1, not to 1",
    ),
    "unknown_provider": (GOOD.replace("offline", "nobody/model"), "no provider 'nobody'; known are deepseek, openai"),
    "task_needs": (GOOD.replace("kind: qa", "kind: extract"), "a task of kind extract needs 'schema'"),
    "schema_is_not_json": (GOOD.replace("kind: qa", "kind: extract, schema: docs/a.md"), "'docs/a.md' is not JSON"),
    "nothing_exported": (
        GOOD + "export: { merged: false }\n",
        "9:1: export: nothing is exported: 'merged' is false and",
    ),
    "vary_of_nothing": (
        GOOD + "vary: { tran.lora.rank: [1] }\n",
        "9:9: vary.tran.lora.rank: no such key; did you mean 'train'?",
    ),
    "vary_out_of_range": (
        GOOD + "vary: { train.lora.rank: [4, -4] }\n",
        "9:30: train.lora.rank: must be at least 1, not -4",
    ),
    "vary_too_many": (GOOD + f"vary: {{ train.seed: {list(range(300))} }}\n", "makes 300 variants; the most is 256"),
}


@pytest.fixture
def keeper(tmp_path: Path) -> Project:
    """A project with one document, and a secret beside it."""
    project = Project(tmp_path / "project")
    project.write("docs/a.md", "# A\n")
    (tmp_path / "secret.md").write_text("secret")
    (project.root / "linked").mkdir()
    (project.root / "linked/secret.md").symlink_to(tmp_path / "secret.md")
    return project


@pytest.mark.parametrize("name", ZOO)
def test_a_broken_recipe_gets_its_error(keeper: Project, name: str):
    text, expected = ZOO[name]
    path = keeper.write("recipes/broken.yaml", "")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = sorted(keeper.root.rglob("*"))
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = keeper.run("loramake", "check", "recipes/broken.yaml", check=False)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert expected in done.stderr
    assert done.stderr.startswith("recipes/broken.yaml:")
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    assert sorted(keeper.root.rglob("*")) == before
    # Processor time: what a second on the clock is, on a machine with nothing else to do.
    assert end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime < 1


def test_the_good_recipe_is_good(keeper: Project):
    keeper.write("recipes/good.yaml", GOOD)
    assert "good: sources, clean, chunk" in keeper.run("loramake", "check", "good").stdout


def test_all_errors_come_at_once(keeper: Project):
    keeper.write("recipes/broken.yaml", GOOD.replace("rank", "rnk").replace("chunk: {}", "chunk: { size: -1 }"))
    errors = keeper.run("loramake", "check", "broken", check=False).stderr.splitlines()
    assert [line.split(": ")[1] for line in errors] == ["chunk.size", "train.lora.rnk"]


def test_an_allowed_folder_may_be_read(keeper: Project, tmp_path: Path):
    keeper.write("recipes/good.yaml", GOOD.replace("docs/**", "linked/**"))
    assert keeper.run("loramake", "check", "good", LORAMAKE_ALLOW=str(tmp_path)).returncode == 0
