import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import logging, pathlib, sys
from loramake.errors import DataError
from loramake.terminal import Terminal
with Terminal("clean", pathlib.Path(sys.argv[1])) as terminal:
    print("a library talks")
    logging.getLogger("loramake").info("step 1")
    {act}
"""


def run(tmp_path: Path, act: str) -> tuple[int, str, str]:
    command = [sys.executable, "-c", PROGRAM.format(act=act), str(tmp_path / "deep/log.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, (tmp_path / "deep/log.txt").read_text()


def test_what_libraries_print_goes_to_the_log_and_what_we_say_to_the_screen(tmp_path: Path):
    code, screen, log = run(tmp_path, "terminal.say('2 of 2 documents')")
    assert (code, screen) == (0, "clean: 2 of 2 documents\n")
    assert "a library talks" in log
    assert "step 1" in log


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            "raise DataError('nothing is left', where='a.md', hint='mend it')",
            "clean: nothing is left\n  a.md\n  mend it\n",
        ),
        (
            "raise ValueError('surprise')",
            "clean: an error of loramake's own, ValueError: surprise\n  where it happened is in",
        ),
    ],
)
def test_an_error_is_told_without_its_origin_which_is_in_the_log(tmp_path: Path, act: str, said: str):
    code, screen, log = run(tmp_path, act)
    assert code == 1
    assert screen.startswith(said)
    assert "Traceback" not in screen
    assert "Traceback" in log


def test_a_log_keeps_what_stood_in_it(tmp_path: Path):
    run(tmp_path, "terminal.say('one')")
    assert run(tmp_path, "terminal.say('two')")[2].count("a library talks") == 2
