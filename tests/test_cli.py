import json
import sys

import pytest

from conftest import Project
from live_server import KEY, Fault, LiveServer, shows_key
from live_services import JiraCloud
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


LIVE = """\
sources:
  tickets: {{ jira: "data/raw/tickets/*.json", fetch: {{ url: "{url}", key: LIVE_KEY }} }}
clean: {{}}
"""


def test_a_build_without_its_snapshot_says_how_to_fetch_it(here: Project, capsys):
    here.write("recipes/live.yaml", LIVE.format(url="https://acme.example"))
    code, _, err = run(capsys, "check", "live")
    assert code == 2
    assert "no file matches 'data/raw/tickets/*.json'; loramake fetch live tickets" in err


def test_fetch_takes_a_snapshot_that_a_build_can_read(here: Project, capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIVE_KEY", KEY)
    with LiveServer(JiraCloud(3), key=KEY) as server:
        here.write("recipes/live.yaml", LIVE.format(url=server.url))
        code, out, err = run(capsys, "fetch", "live")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"tickets: asks {server.url} with the key in LIVE_KEY"
    assert out.splitlines()[1].startswith("tickets: 3 new, 0 changed, 0 unchanged, 0 removed; ")
    assert run(capsys, "check", "live")[0] == 0


@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_what_cannot_be_fetched_is_told_without_the_key(
    here: Project, monkeypatch: pytest.MonkeyPatch, debug: tuple[str]
):
    with LiveServer(JiraCloud(3), key=KEY, before=lambda *_: Fault(status=403, echo=True)) as server:
        here.write("recipes/live.yaml", LIVE.format(url=server.url))
        done = here.run("loramake", *debug, "fetch", "live", "tickets", check=False, LIVE_KEY=KEY)
    assert done.returncode == 1
    assert "does not allow this to the key in LIVE_KEY (403): injected Bearer [key]" in done.stderr
    assert ("Traceback" in done.stderr) == bool(debug)
    assert not shows_key((done.stdout + done.stderr).encode())


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
