"""The recipe `datasheets`: components, their packages, and the pins and dimensions of each package."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from recipe_lab import Lab, asked


def tables(text: str) -> list[tuple[str, list[list[str]]]]:
    """The tables of a text, each with the line before it."""
    found = []
    for block in re.finditer(r"([^\n]*)\n+((?:\|[^\n]*\n?)+)", text):
        rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in block[2].strip().splitlines()]
        found.append((block[1], [row for row in rows if not set("".join(row)) <= set("- ")]))
    return found


def components(text: str, item: None) -> dict[str, Any]:
    part, _, about = text.splitlines()[0].removeprefix("# ").partition(" ")
    return {"items": [{"part": part, "description": about}]}


def packages(text: str, item: dict[str, Any]) -> dict[str, Any]:
    rows = [row for title, table in tables(text) if "Ordering" in title for row in table[1:]]
    found = re.search(r"comes as (\S+) in (\S+), (\d+) pins", text)
    rows = rows or [[found[1], found[2], found[3]]]
    return {"items": [{"order_code": row[0], "package": row[1], "pins": int(row[2])} for row in rows]}


def pinout(text: str, item: dict[str, Any]) -> dict[str, Any]:
    for _, (head, *rows) in tables(text):
        column = next((head.index(name) for name in (item["package"], "Pin") if name in head), None)
        if column is not None:
            pins = [(row[column], row[head.index("Name")], row[head.index("Type")], row[-1]) for row in rows]
            names = ("number", "name", "type", "description")
            return {"pins": [dict(zip(names, pin, strict=True)) for pin in sorted(pins) if pin[0] != "-"]}
    raise AssertionError(f"no pins of {item} in {text}")


def dimensions(text: str, item: dict[str, Any]) -> dict[str, Any]:
    (table,) = [table for title, table in tables(text) if f"Dimensions of {item['package']} " in title]
    spans = {row[0].split()[-1]: {"min": float(row[1]), "max": float(row[2])} for row in table[1:]}
    size = {letter: round(50 * (span["min"] + span["max"])) for letter, span in spans.items()}
    family = item["package"].split("-")[0]
    middle = f"{size['A']}X{size['B']}" if family == "SON" else str(size["L"])
    height = round(100 * spans["H"]["max"])
    return {"land_pattern": f"{family}{size['P']}P{middle}X{height}-{item['pins']}N", **spans}


STAGES = {
    "list the components": components,
    "list the packages": packages,
    "list the pins": pinout,
    "dimensions": dimensions,
}


def answer(body: dict[str, Any]) -> str:
    instruction, question = asked(body)
    stage = next(stage for words, stage in STAGES.items() if words in instruction.split("\n\n")[0])
    text, _, item = question.partition("\n\nItem:\n")
    return json.dumps(stage(text, json.loads(item) if item else None))


@pytest.fixture(scope="module")
def datasheets(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("datasheets"), "datasheets", answer)
    lab.receipts = lab.build()
    return lab


def found(lab: Lab, key: str, package: str) -> Any:
    """What was found about a package, by the examples."""
    for row in lab.rows("synthesize", "examples.jsonl"):
        said, question = json.loads(row["messages"][-1]["content"]), row["messages"][-2]["content"]
        if key in said and json.loads(question.rpartition("Item:\n")[2]).get("package") == package:
            return said[key]
    raise AssertionError(f"nothing about {package}")


def test_one_part_in_two_packages_has_two_pinouts(datasheets: Lab):
    pins = {package: found(datasheets, "pins", package) for package in ("SOT-23-5", "SON-6", "SOIC-8")}
    assert [pin["name"] for pin in pins["SOT-23-5"]] == ["VCCA", "GND", "A", "B", "VCCB"]
    assert [pin["name"] for pin in pins["SON-6"]] == ["VCCB", "GND", "B", "NC", "A", "VCCA"]
    assert [pin["name"] for pin in pins["SOIC-8"]] == ["SET", "GND", "NC", "OUT", "HYST", "NC", "NC", "VDD"]
    assert pins["SON-6"][0] == {"description": "Supply of side B", "name": "VCCB", "number": "1", "type": "power"}


@pytest.mark.parametrize(
    ("package", "name"),
    [("SOT-23-5", "SOT95P280X145-5N"), ("SON-6", "SON50P200X200X80-6N"), ("SOIC-8", "SOIC127P600X175-8N")],
)
def test_dimensions_have_the_names_of_ipc_7351(datasheets: Lab, package: str, name: str):
    assert found(datasheets, "land_pattern", package) == name


def test_a_document_is_asked_about_in_stages_of_one_part_each(datasheets: Lab):
    counts = datasheets.receipts["synthesize"]["counts"]
    assert (counts["made"], counts["quarantined"], counts["dropped"]) == ({"examples": 10}, {}, {})
    assert counts["given"] == counts["passed"] == datasheets.receipts["chunk"]["counts"]["made"]["chunks"]
    assert datasheets.server.requests == 10


def test_a_stage_reads_the_sections_that_its_keywords_name(datasheets: Lab):
    read = [asked(body) for body in datasheets.server.bodies]
    pins = [question for instruction, question in read if "list the pins" in instruction]
    assert all("Typical" not in question and "Mechanical" not in question for question in pins)
    sizes = [question for instruction, question in read if "dimensions of one package" in instruction]
    assert len(sizes) == 3 and all("Pin functions" not in question and "Lead span" in question for question in sizes)


def test_questions_about_one_document_share_their_beginning(datasheets: Lab):
    pins = [asked(body)[1] for body in datasheets.server.bodies if "list the pins" in asked(body)[0]]
    one, other = (question for question in pins if "LX17" in question)
    assert one.partition("Item:")[0] == other.partition("Item:")[0] and one != other


def test_stages_that_were_answered_are_never_asked_again(datasheets: Lab):
    before, requests = datasheets.rows("synthesize", "examples.jsonl"), datasheets.server.requests
    assert datasheets.again("synthesize") == datasheets.receipts["synthesize"]
    assert (datasheets.rows("synthesize", "examples.jsonl"), datasheets.server.requests) == (before, requests)


def test_a_document_without_an_answer_counts_with_all_its_passages(tmp_path: Path):
    def no_pins(body: dict[str, Any]) -> str:
        is_lx17 = any("LX17" in message["content"] for message in body["messages"])
        is_pins = "list the pins" in body["messages"][0]["content"]
        return "I would rather not." if is_lx17 and is_pins else answer(body)

    lab = Lab(tmp_path, "datasheets", no_pins)
    counts = lab.build()["synthesize"]["counts"]
    (row,) = lab.rows("synthesize", "quarantined.jsonl")
    assert (row["path"], row["reason"]) == (
        "examples/datasheets/lx17_content_list.json",
        "not_json: no object in it (stage pinout)",
    )
    assert (
        counts["quarantined"]["not_json"] > 1
        and counts["passed"] + counts["quarantined"]["not_json"] == counts["given"]
    )
    assert {example["source"] for example in lab.rows("synthesize", "examples.jsonl")} == {"markdown"}
