"""Put the HTML documentation of Python that Debian ships into `data/python-docs/`, without installing anything.

The package is downloaded and unpacked in a temporary folder. It holds about 500 pages, 10 MB of text.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PACKAGE = "python3.11-doc"
FOLDER = Path(__file__).resolve().parent.parent / "data" / "python-docs"
STAMP = ".package"

LEFT_OUT_FOLDERS = {"_static", "_sources"}
LEFT_OUT_PAGES = ("genindex", "search.html")  # how the names of pages begin that hold no prose


def failure(what: str, where: str, hint: str) -> SystemExit:
    """The end of the program with exit code 1, and three lines about it."""
    return SystemExit(f"{what}\n  {where}\n  {hint}")


def find_program(name: str) -> str:
    """The path of a program. Raises SystemExit where it is missing."""
    path = shutil.which(name)
    if path is None:
        raise failure(
            f"there is no program {name}",
            "pydocs.py takes Python's documentation out of a Debian package",
            "run it on Debian or Ubuntu, or put HTML pages of your own into data/python-docs/",
        )
    return path


def run(command: list[str], folder: Path, package: str) -> None:
    """Run a command in `folder`. Raises SystemExit with its first complaint where it fails."""
    name = f"{Path(command[0]).name} {command[1]}"
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        raise failure(f"no answer about {package} for ten minutes", name, "try again later") from None
    except subprocess.CalledProcessError as error:
        complaint = next((line for line in error.stderr.splitlines() if not line.startswith("W:")), "no reason given")
        raise failure(
            f"the package {package} is not to be had",
            f"{name}: {complaint}",
            "run apt-get update, or name the package of your release, such as --package python3.13-doc",
        ) from None


def pages(tree: Path) -> list[Path]:
    """The HTML files of a tree, each once: symbolic links are not followed."""
    found = [Path(folder) / name for folder, _, names in os.walk(tree) for name in names if name.endswith(".html")]
    return sorted(page for page in found if not page.is_symlink())


def copy_pages(tree: Path, into: Path) -> int:
    """Copy the pages worth reading below their common folder to `into`; their number."""
    found = pages(tree)
    root = os.path.commonpath([page.parent for page in found]) if found else tree
    wanted = [page.relative_to(root) for page in found if not page.name.startswith(LEFT_OUT_PAGES)]
    wanted = [page for page in wanted if LEFT_OUT_FOLDERS.isdisjoint(page.parts)]
    for page in wanted:
        (into / page).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / page, into / page)
    return len(wanted)


def fetch(package: str, into: Path) -> None:
    """Fill `into` with the package's pages, all or none. Raises SystemExit with the reason where that cannot be."""
    apt_get, dpkg_deb = find_program("apt-get"), find_program("dpkg-deb")
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pydocs-", dir=into.parent) as work:
        tree, new = Path(work) / "tree", Path(work) / "new"
        run([apt_get, "download", "--", package], Path(work), package)
        archive = next(Path(work).glob("*.deb"))
        run([dpkg_deb, "-x", str(archive), str(tree)], Path(work), package)
        count = copy_pages(tree, new)
        if not count:
            raise failure(f"no HTML pages in {package}", archive.name, "name another package with --package")
        (new / STAMP).write_text(f"{package}\n", encoding="utf-8")
        new.rename(into)
    print(f"{archive.name}: {count} pages\n{into}")


def main() -> None:
    """Fetch the pages, unless they are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", default=PACKAGE, help="the Debian package (default: %(default)s)")
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder to fill (default: data/python-docs)")
    arguments = parser.parse_args()
    package, into = arguments.package, arguments.into.resolve()
    stamp = into / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == package:
        print(f"{into}: {len(pages(into))} pages of {package} are there already")
    elif into.exists():
        raise failure(f"the folder does not hold {package}", str(into), "remove it, or name another one with --into")
    else:
        fetch(package, into)


if __name__ == "__main__":
    main()
