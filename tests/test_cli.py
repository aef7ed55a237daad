import json
import sys

import pytest

from conftest import Project
from loramake.cli import main

TEXT_ONLY = 'sources:\n  yard: { files: "docs/**/*.md" }\nclean: {}\n'


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(project.root)
    return project


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return end.value.code, *capsys.readouterr()


def test_check_names_the_stages_of_a_good_recipe(here: Project, capsys):
    code, out, _ = run(capsys, "check", "small")
    assert code == 0
    assert out.startswith(
        "recipes/small.yaml: good: sources, clean, chunk, synthesize, curate, pretrain, train, evaluate"
    )


def test_check_writes_nothing(here: Project, capsys):
    run(capsys, "check", "small")
    assert not (here.root / "build").exists()


def test_plan_says_what_was_never_built(here: Project, capsys):
    code, out, _ = run(capsys, "plan", "small")
    assert code == 0
    assert out.startswith("small: 10 of 10 stages to build")
    assert out.count("never built") == 10


def test_plan_shows_good_recipes_beside_broken_ones(here: Project, capsys):
    here.write("recipes/broken.yaml", "sources: 3\n")
    code, out, err = run(capsys, "plan")
    assert code == 2
    assert "small: 10 of 10" in out
    assert "recipes/broken.yaml:1:1: sources: must be a mapping of keys, not 3" in err


def test_show_says_where_each_value_comes_from(here: Project, capsys):
    here.write("recipes/child.yaml", "from: small.yaml\ntrain: { seed: 9 }\n")
    _, out, _ = run(capsys, "show", "child")
    lines = {line.split(":")[0].strip(): line.rpartition("# ")[2] for line in out.splitlines() if "#" in line}
    assert lines["rank"] == "recipes/small.yaml:15"
    assert "seed: 9" in out and "# recipes/child.yaml:2" in out
    assert lines["dropout"] == "default"


def test_show_gives_every_variant_of_a_sweep(here: Project, capsys):
    here.write("recipes/sweep.yaml", "from: small.yaml\nvary: { train.lora.rank: [4, 8] }\n")
    _, out, _ = run(capsys, "show", "sweep")
    assert "# variant rank=4" in out
    assert "# variant rank=8" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["results"], "nothing is built"),
        (["check", "nobody.yaml"], "cannot be read: No such file or directory"),
        (["show", "recipes"], "recipes:1:1: cannot be read: Is a directory"),
    ],
)
def test_errors_exit_with_two_and_no_traceback(here: Project, capsys, arguments: list[str], message: str):
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert message in err
    assert "Traceback" not in err


def test_a_folder_without_recipes_says_where_they_go(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "plan")
    assert (code, err.splitlines()[0]) == (2, "there is no recipe")


def test_plan_tells_why_in_the_words_of_the_recipe(here: Project, capsys):
    here.write("recipes/small.yaml", TEXT_ONLY)
    here.snakemake("small")
    capsys.readouterr()
    here.write("recipes/small.yaml", TEXT_ONLY.replace("clean: {}", "clean: { steps: [{ keep: { min_chars: 5 } }] }"))
    here.write("docs/new.md", "# New\n\nA page that nobody has seen before, about the new pier.\n")
    _, out, _ = run(capsys, "plan", "small")
    rows = {line.split()[0]: line for line in out.splitlines()[2:]}
    assert rows["sources"].endswith("yard: new docs/new.md")
    assert "clean.steps: " in rows["clean"] and rows["clean"].endswith("sources changes")
    assert rows["report"].endswith("sources changes; clean changes")


def test_results_lists_what_stands_there(here: Project, capsys):
    here.write("recipes/small.yaml", TEXT_ONLY)
    here.snakemake("small")
    capsys.readouterr()
    _, out, _ = run(capsys, "results", "small")
    assert "results/small/train.jsonl" in out
    assert "the report: results/small/report.html" in out
    row = json.loads(here.read("results/small/train.jsonl").splitlines()[0])
    assert {
        "id",
        "text",
        "source",
        "path",
        "page",
        "section",
        "author",
        "date",
        "language",
        "licence",
        "sha256",
        "meta",
    } <= set(row)


def test_a_broken_recipe_stops_only_itself(here: Project):
    here.write("recipes/small.yaml", TEXT_ONLY)
    here.write("recipes/broken.yaml", "sources: 3\n")
    assert "left out: recipes/broken.yaml:1:1" in here.snakemake().stderr
    failed = here.snakemake("all", check=False)
    assert failed.returncode == 1
    assert "recipes/broken.yaml:1:1: sources: must be a mapping" in failed.stdout + failed.stderr


def test_the_version_is_that_of_the_package(capsys):
    import loramake

    code, out, _ = run(capsys, "--version")
    assert (code, out.strip()) == (0, f"loramake {loramake.__version__}")
    assert "snakemake" not in sys.modules
