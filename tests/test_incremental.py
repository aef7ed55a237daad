"""One document more costs one document: counted at the server, where the money goes, and at the parser."""

import json

import pytest

from api_server import ApiServer
from conftest import TOPICS, Project

RECIPE = """\
sources:
  yard: {{ files: "docs/**/*.md" }}
clean: {{}}
chunk: {{ size: 400 }}
synthesize:
  model: {{ url: "{url}", name: teacher }}
  tasks: {{ yard: {{ kind: qa, prompt: prompts/qa.md }} }}
curate: {{}}
"""


@pytest.fixture
def asked(project: Project):
    """A project of twenty documents, built with a teacher behind a server that counts."""
    for number in range(20 - len(TOPICS)):
        text = f"# Berth {number}\n\nBerth {number} takes ships of {number + 10} feet, and no longer ones.\n"
        project.write(f"docs/berth{number}.md", text)
    with ApiServer() as server:
        project.write("recipes/small.yaml", RECIPE.format(url=server.url))
        project.snakemake("small")
        yield project, server


def parsed(project: Project) -> set[str]:
    return {path.name for path in (project.root / "build/cache/parsed").rglob("*.jsonl")}


def chunks(project: Project) -> int:
    (receipt,) = [r for r in json.loads(project.read("results/small/receipts.json")) if r["stage"] == "chunk"]
    return receipt["counts"]["made"]["chunks"]


def test_a_document_more_is_parsed_alone_and_asked_about_alone(asked):
    project, server = asked
    files, before, calls = parsed(project), chunks(project), server.requests
    assert (len(files), calls) == (20, before)
    project.write(
        "docs/oars.md",
        "# Oars\n\nOars are counted on Monday by the mate.\n\n## Spare oars\n\nSpare oars lie in the loft.\n",
    )
    project.snakemake("small")
    assert len(parsed(project) - files) == 1
    assert server.requests - calls == chunks(project) - before > 0


def test_a_document_renamed_is_neither_parsed_nor_asked_about(asked):
    project, server = asked
    files, calls = parsed(project), server.requests
    (project.root / "docs/pumps.md").rename(project.root / "docs/bilge.md")
    project.snakemake("small")
    assert parsed(project) == files
    assert server.requests == calls


def test_an_edit_of_white_space_asks_nothing(asked):
    project, server = asked
    calls = server.requests
    project.edit("docs/pumps.md", "Every crew asks", "Every  crew   asks")
    project.snakemake("small")
    assert server.requests == calls


def test_a_store_that_is_lost_costs_time_and_no_money(asked):
    import shutil

    project, server = asked
    calls = server.requests
    for stage in ("sources", "clean", "chunk", "synthesize", "curate", "report"):
        shutil.rmtree(project.root / "build" / stage)
    project.snakemake("small")
    assert server.requests == calls


def test_a_step_more_that_changes_no_document_asks_nothing(asked):
    project, server = asked
    calls = server.requests
    project.edit(
        "recipes/small.yaml", "clean: {}", "clean: { preset: standard, steps: [{ prefilter: { none: xyzzy } }] }"
    )
    assert project.stages_to_run("small") == ["chunk", "clean", "curate", "report", "synthesize"]
    project.snakemake("small")
    assert server.requests == calls


def test_a_step_more_that_drops_a_document_asks_nothing_about_the_others(asked):
    project, server = asked
    calls, before = server.requests, chunks(project)
    project.edit(
        "recipes/small.yaml", "clean: {}", "clean: { preset: standard, steps: [{ prefilter: { none: pumps } }] }"
    )
    project.snakemake("small")
    assert chunks(project) < before
    assert server.requests == calls
