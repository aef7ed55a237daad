"""Files that are none, names that nobody expects, and links that lead elsewhere."""

import os
import socket
from pathlib import Path

from zoo.animal import Cage, animal

WORDS = "The ferry leaves at seven from the eastern pier, and waits for nobody.\n"


@animal("link_out_of_the_project.md", reason="outside")
def link_out_of_the_project(path: Path, cage: Cage) -> None:
    path.symlink_to(cage.outside)


@animal("link_to_a_password_file.txt", reason="outside")
def link_to_a_password_file(path: Path, _cage: Cage) -> None:
    path.symlink_to("/etc/passwd")


@animal("link_to_noise_without_end.md", reason="outside")
def link_to_noise_without_end(path: Path, _cage: Cage) -> None:
    path.symlink_to("/dev/zero")


@animal("folder_outside.md", reason="outside")
def folder_outside(path: Path, cage: Cage) -> None:
    path.symlink_to(cage.outside.parent)


@animal("link_to_nothing.md", reason="not_a_file")
def link_to_nothing(path: Path, _cage: Cage) -> None:
    path.symlink_to("gone.md")


@animal("pipe.md", reason="not_a_file")
def pipe(path: Path, _cage: Cage) -> None:
    os.mkfifo(path)


@animal("socket.md", reason="not_a_file")
def socket_(path: Path, _cage: Cage) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


@animal("nobody_may_read_it.md", reason="unreadable" if os.geteuid() else None)
def nobody_may_read_it(path: Path, _cage: Cage) -> None:
    path.write_text(WORDS)
    path.chmod(0)


@animal("line\nend.md", reason=None)
@animal("-rf.md", reason=None)
@animal("\u202egnirts.md", reason=None)
@animal("$(touch escaped.md).md", reason=None)
@animal("{a,b}[c]*.md", reason=None)
@animal("n" * 250 + ".md", reason=None)
def a_name_that_nobody_expects(path: Path, _cage: Cage) -> None:
    path.write_text(WORDS)


@animal("no_utf8_\udcff.md", reason="bad_name")
def no_utf8(path: Path, _cage: Cage) -> None:
    path.write_text(WORDS)


@animal("film.mp4", "Makefile", "archive.7z", "data.json", reason="unknown_format")
def unknown(path: Path, _cage: Cage) -> None:
    path.write_text(WORDS)


@animal("a_name_in_capitals.MD", "two.dots.md", reason=None)
def good(path: Path, _cage: Cage) -> None:
    path.write_text(WORDS)
