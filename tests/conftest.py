"""Projects to build in: the repository's own Snakefile, rules and profiles, and a small recipe of every stage."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from loramake.stage import STAGES

REPOSITORY = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

HANDBOOK = """\
---
title: {title}
author: Ada Quill
---

# {title}

{title} is the part of the handbook that tells how {topic} works at the yard.

## Who decides

The foreman decides about {topic}. Every crew asks the foreman before it begins, and writes it into the blue book.

## How long it takes

A request about {topic} takes {number} days. After that the crew may go on without an answer.
"""

TOPICS = ["timber", "rigging", "paint", "caulking", "ballast", "anchors", "sails", "pumps"]

RECIPE = """\
about: A small recipe for tests.
sources:
  yard: { files: "docs/**/*.md" }
  orders: { records: orders.jsonl, text: [order], id: id }
clean: {}
chunk: { size: 400 }
synthesize:
  model: offline
  tasks:
    yard: { kind: qa, from: yard, prompt: prompts/qa.md }
    orders: { kind: direct, from: orders, answer: [crew] }
curate: { split: { train: 0.6, validation: 0.2, test: 0.2 } }
pretrain:
  { vocabulary: 400, hidden: 32, layers: 2, heads: 2, kv_heads: 1, intermediate: 64, context: 64, steps: 30, batch: 2 }
train: { lora: { rank: 4, alpha: 8 }, steps: 12, batch: 2, checkpoint_every: 4, evaluate_every: 6, log_every: 2 }
evaluate: { limit: 6, max_new_tokens: 8 }
export: { merged: true, gguf: [f16] }
"""


@dataclass
class Project:
    """A folder with recipes, and ways to run things in it as a user would."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text
        self.write(name, text.replace(old, new))

    def run(self, *command: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command, cwd=self.root, env=self.environment(**environment), capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HF_HUB_OFFLINE": "1", **more}

    def snakemake(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run("snakemake", "--profile", "local", *arguments, check=check)

    def stages_to_run(self, *targets: str) -> list[str]:
        """The stages that a dry run of Snakemake would run, sorted, one entry a job."""
        done = self.snakemake("--dry-run", *targets)
        assert "Job stats:" in done.stdout or "Nothing to be done" in done.stdout + done.stderr, (
            done.stdout + done.stderr
        )
        table = done.stdout.partition("Job stats:\n")[2].partition("\n\n")[0].splitlines()[2:]
        counts = {row.split()[0]: int(row.split()[1]) for row in table}
        return sorted(stage for stage in STAGES for _ in range(counts.get(stage, 0)))


def lay_out(root: Path) -> Project:
    """A project in `root`, with the repository's rules and the small recipe."""
    for name in ("Snakefile", "rules", "envs", "profiles"):
        source = REPOSITORY / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, root / name)
    for name in ("local", "slurm"):
        (root / name).symlink_to(f"profiles/{name}")
    project = Project(root)
    for number, topic in enumerate(TOPICS, 2):
        project.write(f"docs/{topic}.md", HANDBOOK.format(title=topic.capitalize(), topic=topic, number=number))
    crews = ("port", "starboard")
    rows = [
        f'{{"id": "o{n}", "order": "Bring {n} bolts to the {crews[n % 2]} side of it.", "crew": "{crews[n % 2]}"}}'
        for n in range(30)
    ]
    project.write("orders.jsonl", "\n".join(rows) + "\n")
    project.write("prompts/qa.md", "Write at most {{ pairs }} questions and their answers.\n\n{{ text }}\n")
    project.write("recipes/small.yaml", RECIPE)
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that nothing is built in."""
    return lay_out(tmp_path)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose small recipe is built. Nobody changes it: `built` is a copy."""
    pytest.importorskip("llama_cpp", reason="a GGUF export needs llama-cpp-python")
    project = lay_out(tmp_path_factory.mktemp("built"))
    project.snakemake("small")
    return project


@pytest.fixture
def built(built_once: Project, tmp_path: Path) -> Project:
    """A copy of the project whose small recipe is built."""
    root = tmp_path / "project"
    shutil.copytree(built_once.root, root, symlinks=True)
    return Project(root)
