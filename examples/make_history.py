"""Make `history.bundle`, a small git repository in one file, out of `make/history.yaml`: the same bytes at every run.

Dates and people are fixed, and nothing is compressed or stored as a difference, so that the bytes hardly depend on git.
"""

import argparse
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).resolve().parent
HISTORY: dict[str, Any] = yaml.safe_load((EXAMPLES / "make" / "history.yaml").read_text(encoding="utf-8"))

PLAIN = ("core.compression=0", "pack.compression=0", "pack.window=0", "pack.depth=0", "pack.threads=1")

Tree = dict[str, str]


def stream(history: dict[str, Any]) -> Iterator[str]:
    """The commits in the language of `git fast-import`; a merge takes over the files that its branch has added."""
    tips: dict[str, int] = {}
    trees: dict[str, Tree] = {"main": {}}
    for mark, commit in enumerate(history["commits"], 1):
        branch, merged = commit.get("branch", "main"), commit.get("merge")
        start = branch if branch in tips else "main"
        parents = [tips[name] for name in (start, merged) if name in tips]
        trees[branch] = changed(trees.get(merged, {}) | trees[start], commit)
        tips[branch] = mark
        yield from written(mark, branch, history["authors"][commit["by"]], commit, parents, trees[branch])


def changed(tree: Tree, commit: dict[str, Any]) -> Tree:
    """The files after a commit. Raises ValueError when a piece to replace is not there exactly once."""
    tree = dict(tree)
    for path, pieces in commit.get("swap", {}).items():
        for piece in pieces:
            old, new = piece["old"].rstrip("\n"), piece["new"].rstrip("\n")
            if tree[path].count(old) != 1:
                raise ValueError(f"{path}: stands there {tree[path].count(old)} times, not once: {old!r}")
            tree[path] = tree[path].replace(old, new)
    for path, text in commit.get("add", {}).items():
        tree[path] = tree.get(path, "") + text
    return tree


def written(
    mark: int, branch: str, author: str, commit: dict[str, Any], parents: list[int], tree: Tree
) -> Iterator[str]:
    """One commit in the language of `git fast-import`, with all its files."""
    person = f"{author} {int(commit['date'].timestamp())} +0000"
    yield f"commit refs/heads/{branch}\nmark :{mark}\nauthor {person}\ncommitter {person}\n"
    yield data(commit["message"])
    yield from (f"{verb} :{parent}\n" for verb, parent in zip(("from", "merge"), parents, strict=False))
    yield "deleteall\n"
    for path, text in sorted(tree.items()):
        yield f"M 100644 inline {path}\n" + data(text)


def data(text: str) -> str:
    """A piece of text with its length in bytes before it."""
    return f"data {len(text.encode())}\n{text}\n"


def bundle(history: dict[str, Any]) -> bytes:
    """The bundle of a history, with its branch `main` as HEAD. Raises FileNotFoundError where there is no git."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ.get("PATH", ""), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        settings = [word for setting in PLAIN for word in ("-c", setting)]

        def git(*arguments: str, sent: str = "") -> None:
            subprocess.run(["git", *settings, *arguments], cwd=folder, env=environment, input=sent.encode(), check=True)

        git("init", "--quiet", "--bare", "--object-format=sha1", "--initial-branch=main")
        git("fast-import", "--quiet", sent="".join(stream(history)))
        git("bundle", "create", "--quiet", "history.bundle", "HEAD", "main")
        return (Path(folder) / "history.bundle").read_bytes()


def main() -> None:
    """Write the bundle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=EXAMPLES, help="the bundle's folder")
    into = parser.parse_args().into
    into.mkdir(parents=True, exist_ok=True)
    (into / "history.bundle").write_bytes(bundle(HISTORY))
    print(into / "history.bundle")


if __name__ == "__main__":
    main()
