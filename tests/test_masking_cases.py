import sys
from pathlib import Path

import pytest

from loramake.cleaning.finders import ALIASES, FINDERS

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
import masking  # noqa: E402


@pytest.mark.parametrize("half", ["tune", "test"])
def test_the_labelled_cases_keep_their_figures(half):
    score = masking.Score()
    for case in masking.cases(half):
        score.add(case, masking.ours(case.text))
    assert set(score.expected) == set(FINDERS) == set(ALIASES["all"])
    right, recalled = (sum(counter[True].values()) for counter in (score.right, score.recalled))
    assert right / sum(score.found.values()) >= 0.95
    assert recalled / sum(score.expected.values()) >= 0.90


def test_the_cases_are_in_step_with_their_templates():
    sys.path.insert(0, str(ROOT / "benchmarks/personal_data"))
    import make

    lines = masking.CASES.read_text(encoding="utf-8").splitlines()
    assert lines == [make.line(name, template) for name, template in make.templates()]
