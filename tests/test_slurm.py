"""A real SLURM of two nodes on loopback gives the digests that this machine gives alone."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import slurm_lab
from conftest import Project, lay_out

# The plugin waits 40 s before it first looks at a job; that is for clusters with queues.
QUICK = ("--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "2", "--slurm-no-account")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[slurm_lab.Lab]:
    pytest.importorskip("snakemake_executor_plugin_slurm", reason="pip install 'loramake[slurm]'")
    if why := slurm_lab.missing():
        pytest.skip(why)
    with slurm_lab.Lab(tmp_path_factory.mktemp("slurm")) as lab:
        yield lab


def on_cluster(project: Project, lab: slurm_lab.Lab, *arguments: str) -> subprocess.CompletedProcess[str]:
    bin_first = f"{project.environment()['PATH']}{os.pathsep}{slurm_lab.SBIN}"
    environment = {**lab.environment, "PATH": bin_first}
    return project.run("snakemake", "--profile", "slurm", *QUICK, *arguments, **environment)


def digests(project: Project) -> dict[str, object]:
    receipts = json.loads(project.read("results/small/receipts.json"))
    return {receipt["stage"]: (receipt["key"], receipt["outputs"]) for receipt in receipts}


def nodes_used(lab: slurm_lab.Lab) -> set[str]:
    return set(lab.run("squeue", "-h", "-t", "all", "-o", "%N").split())


@pytest.mark.timeout(900)
def test_a_cluster_gives_the_same_digests_and_then_submits_nothing(built_once: Project, tmp_path: Path, lab):
    project = lay_out(tmp_path)
    on_cluster(project, lab, "small")
    assert digests(project) == digests(built_once)
    jobs = lab.run("squeue", "-h", "-t", "all", "-o", "%i").split()
    assert len(jobs) == 10
    again = on_cluster(project, lab, "small")
    assert "Nothing to be done" in again.stdout + again.stderr
    assert lab.run("squeue", "-h", "-t", "all", "-o", "%i").split() == jobs
    assert project.stages_to_run("small") == []


@pytest.mark.timeout(900)
def test_a_head_killed_in_the_middle_ends_with_the_same_digests(built_once: Project, tmp_path: Path, lab):
    project = lay_out(tmp_path)
    environment = {
        **project.environment(),
        **lab.environment,
        "PATH": f"{project.environment()['PATH']}:{slurm_lab.SBIN}",
    }
    command = ["snakemake", "--profile", "slurm", *QUICK, "small"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    head = subprocess.Popen(command, cwd=project.root, env=environment, start_new_session=True, **quiet)
    while not list(project.root.glob("build/pretrain/*/attempts.jsonl")):
        assert head.poll() is None
        time.sleep(0.2)
    head.send_signal(signal.SIGKILL)
    head.wait()
    on_cluster(project, lab, "small")
    assert digests(project) == digests(built_once)
    shutil.rmtree(project.root)
