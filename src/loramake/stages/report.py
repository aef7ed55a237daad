"""Report: everything's receipts -> the page to show, the card to publish beside the adapter, and the receipts."""

from pathlib import Path

from loramake.files import write_json, write_text
from loramake.recipe.model import Report
from loramake.records import Counts


def report(spec: Report, *, stages: dict[str, Path], page: Path, card: Path, receipts: Path) -> Counts:  # noqa: ARG001 - no keys yet
    """Write the page, the card and the list of receipts about `stages` (stage -> folder, in running order).

    All is deterministic but the page's section `runs`: times, memory and hosts. Raises StoreError where a receipt is
    missing, DataError where a file beside one is damaged.
    """
    from loramake.reporting.built import read_build
    from loramake.reporting.card import make_card
    from loramake.reporting.page import make_page
    from loramake.reporting.story import tell

    build = read_build(stages)
    story = tell(build)
    write_text(page, make_page(story))
    write_text(card, make_card(story))
    write_json(receipts, [result.receipt for result in build.values()])
    return Counts(unit="stages", given=len(build), passed=len(build))


if __name__ == "__main__":
    from loramake import store

    store.main(report)
