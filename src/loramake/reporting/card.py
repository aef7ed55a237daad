"""The card: README.md of the results, with the front matter that model hubs read."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from loramake.reporting.figures import count, percent, plural
from loramake.reporting.lineage import came_about
from loramake.reporting.page import clean_text, environment
from loramake.reporting.results import MODELS
from loramake.reporting.story import Story

# SPDX identifiers that a hub takes as they are, in lower case; any other licence is `other` with its name.
HUB_LICENCE = re.compile(
    r"apache-2\.0|mit|isc|unlicense|cc0-1\.0|cc-by(-nc)?(-sa|-nd)?-4\.0|bsd-[23]-clause|[al]?gpl-3\.0|gpl-2\.0|mpl-2\.0"
)
MARKS = re.compile(r"([\\`*\[\]<>|#~!])")


def make_card(story: Story) -> str:
    """The card, as Markdown. It holds nothing volatile."""
    templates = environment(escape=False)
    templates.filters.update(plain=plain, quoted=json.dumps)
    values = {"story": story, "front": front(story), "limits": list(limits(story)), "MODELS": MODELS}
    return clean_text(templates.get_template("card.md.jinja").render(values))


def plain(text: Any) -> str:
    """`text` as Markdown that shows it, on one line: nothing in it is a mark, a cell or a tag."""
    return MARKS.sub(r"\\\1", " ".join(str(text).split()))


def front(story: Story) -> str:
    """The front matter's YAML. A base that is a folder has no name on a hub, and is left out."""
    matter: dict[str, Any] = {}
    if story.base:
        if story.hub_base:
            matter |= {"base_model": story.base, "base_model_relation": "adapter"}
        matter |= {"library_name": "peft", "pipeline_tag": "text-generation"}
    matter["tags"] = ["lora", "sft", "loramake"] if story.base else ["loramake"]
    if story.licence:
        known = HUB_LICENCE.fullmatch(story.licence.lower())
        matter |= {"license": story.licence.lower()} if known else {"license": "other", "license_name": story.licence}
    return yaml.safe_dump(matter, sort_keys=False, allow_unicode=True)


def limits(story: Story) -> Iterator[str]:
    """What the reader must not expect, a sentence or two each."""
    if story.base:
        yield from _judgement(story)
    if story.base and story.own_base:
        yield "The base is a small model that has read the clean text of this build and little else."
    if story.teachers:
        found = ", ".join(
            f"{plain(came_about(name))} {count(number)}" for name, number in sorted(story.teachers.items())
        )
        yield f"Where the examples come from: {found}. What is wrong in them has been learnt too."
    if story.masks:
        yield "Masking works by rules: personal data and secrets of other forms may be left in text and model."
    unstated = [plain(origin.name) for origin in story.origins if "" in origin.licences]
    if unstated:
        yield f"Sources that state no licence for some of their documents: {', '.join(unstated)}."


def _judgement(story: Story) -> Iterator[str]:
    if not story.headlines:
        yield "It has not been evaluated: nothing is known of how well it answers."
    for row in story.headlines:
        name = "test split" if row.split == "test" else f"hold-out {row.split}"
        yield (
            f"On the {name}, {plain(row.task)} is exactly right in {percent(row.adapter)} of "
            f"{plural(row.n, 'example')} (95 % interval {percent(row.low)} to {percent(row.high)}): {row.verdict}."
        )
        if row.doubtful:
            yield f"On the {name} that is not reliably better than giving the most common answer every time."
