"""Recipes of this repository, built stage by stage as far as `curate`, with another model than the one they name."""

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api_server import ApiServer, Fault
from conftest import REPOSITORY
from loramake import store
from loramake.plan import compile_recipe, open_project, write_plan
from loramake.records import read_rows

STAGES = ("sources", "clean", "chunk", "synthesize", "curate")
Rows = list[dict[str, Any]]


class Lab:
    """A project that inherits from one recipe; `answer` says what the model says to a request."""

    def __init__(self, root: Path, recipe: str, answer: Callable[[dict[str, Any]], str]) -> None:
        self.root = root
        for name in ("recipes", "examples"):
            shutil.copytree(REPOSITORY / name, root / name)
        self.faults: list[Exception] = []
        self._answer = answer
        self.server = ApiServer(fault=self.fault)
        model = f"{{ name: stand-in, url: {self.server.url} }}"
        mine = f"from: {recipe}.yaml\nsynthesize: {{ model: {model} }}\ntrain: null\nevaluate: null\n"
        (root / "recipes/mine.yaml").write_text(mine, encoding="utf-8")

    def fault(self, _: int, body: dict[str, Any]) -> Fault:
        """The answer; a fault of the test's own is kept, and stops the build."""
        try:
            return Fault(content=self._answer(body))
        except Exception as error:
            self.faults.append(error)
            return Fault(status=401, error=f"the test cannot answer: {error!r}")

    def build(self) -> dict[str, dict[str, Any]]:
        """The receipts of the stages."""
        with pytest.MonkeyPatch.context() as patch, self.server:
            patch.chdir(self.root)
            (point,) = compile_recipe(Path("recipes/mine.yaml"), open_project(Path()))
            write_plan([point], {})
            self.keys = point.keys
            try:
                return {stage: store.run(_function(stage), point.keys[stage]) for stage in STAGES}
            finally:
                if self.faults:
                    raise self.faults[0]

    def again(self, stage: str) -> dict[str, Any]:
        """The receipt of one stage, built once more while nobody serves."""
        shutil.rmtree(self.root / "build" / stage / self.keys[stage])
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root)
            return store.run(_function(stage), self.keys[stage])

    def rows(self, stage: str, name: str) -> Rows:
        """The lines of an output."""
        return list(read_rows(self.root / "build" / stage / self.keys[stage] / name))


def _function(stage: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(importlib.import_module(f"loramake.stages.{stage}"), stage)
    return function


def asked(body: dict[str, Any]) -> tuple[str, str]:
    """The instruction and the last question of a request."""
    first, *_, last = body["messages"]
    return first["content"], last["content"]
