"""Money: what a preview says is what a server bills, edits pay for what they touch, and a limit is a limit.

The server counts. It has its own rule for tokens, which nobody tells loramake.
"""

import hashlib
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from api_server import ApiServer, Fault
from conftest import Project, lay_out
from loramake import cli, store
from loramake.errors import TeacherError
from loramake.plan import compile_all, open_project, write_plan
from loramake.records import Chunk, Writer
from loramake.slices import Point

PRICES = "models: { teacher: [{ input: 2, cached: 0.5, output: 8 }] }\n"
DATA = ("sources", "clean", "chunk", "synthesize")


class Till(ApiServer):
    """Bills a token for about 3.7 characters, in and out, each request by a whim of its own."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.usd = 0.0

    def take(self, raw: bytes, key: str | None) -> tuple[Fault, bytes]:
        fault, payload = super().take(raw, key)
        if fault.status != 200 or fault.raw is not None:
            return fault, payload
        body, reply = json.loads(raw), json.loads(payload)
        whim = random.Random(hashlib.sha256(raw).digest())
        text = "".join(message["content"] for message in body["messages"])
        sent = round(len(text) / 3.7 * whim.uniform(0.95, 1.05)) + 7
        out = round(len(reply["choices"][0]["message"]["content"]) / 3.7 * whim.uniform(0.6, 1.4))
        out = min(out, body.get("max_tokens", out))
        with self._lock:
            self.usd += (2 * sent + 8 * out) / 1e6
        reply["usage"] = {"prompt_tokens": sent, "completion_tokens": out, "total_tokens": sent + out}
        return fault, json.dumps(reply).encode()


class Shop(Project):
    """A project whose stages run in this process."""

    def point(self, recipe: str) -> Point:
        points, errors = compile_all(open_project(Path()), [Path(f"recipes/{recipe}.yaml")])
        assert not errors, errors
        write_plan(points, {}, only_slices=True)
        return points[0]

    def build(self, recipe: str, *stages: str) -> dict[str, Any]:
        """Run some stages; the receipt of the last one."""
        keys = self.point(recipe).keys
        for stage in stages or DATA:
            function = getattr(import_module(f"loramake.stages.{stage}"), stage)
            receipt = store.run(function, keys[stage])
        return receipt

    def bill(self, recipe: str) -> dict[str, Any]:
        run = self.root / "build/synthesize" / self.point(recipe).keys["synthesize"] / "run.json"
        return json.loads(run.read_text())["bill"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    project = Shop(lay_out(tmp_path).root)
    project.write("prices.yaml", PRICES)
    monkeypatch.chdir(project.root)
    return project


def prose(words: int, seed: int) -> str:
    some = random.Random(seed)
    known = "harbour crane winch load rope deck cargo tide pilot berth anchor signal crew shift".split()  # noqa: SIM905
    sentences = [" ".join(some.choices(known, k=some.randint(5, 18))).capitalize() + "." for _ in range(words // 11)]
    return " ".join(sentences)


def manuals(project: Project, count: int) -> None:
    for number in range(count):
        words = random.Random(number).choice([40, 90, 200, 420])
        project.write(f"manuals/{number}.md", f"# Crane {number}\n\n{prose(words, number)}\n")


HEAD = "sources: {{ {source} }}\nclean: {{ steps: [] }}\nchunk: {{ size: {size} }}\nsynthesize:\n"
ASKS = "  model: {{ url: '{url}', name: teacher }}\n  max_tokens: 600\n"

SCHEMA = {
    "type": "object",
    "required": ["kind", "summary", "parts"],
    "properties": {
        "kind": {"enum": ["crane", "winch"]},
        "summary": {"type": "string"},
        "parts": {"type": "array", "items": {"type": "string"}},
    },
}


def qa(project: Project, url: str) -> None:
    manuals(project, 90)
    text = HEAD.format(source="m: { files: 'manuals/*.md' }", size=700) + ASKS.format(url=url)
    project.write("recipes/r.yaml", text + "  tasks: { ask: { kind: qa, pairs: 4 } }\n")


def extract(project: Project, url: str) -> None:
    manuals(project, 140)
    project.write("schema.json", json.dumps(SCHEMA))
    text = HEAD.format(source="m: { files: 'manuals/*.md' }", size=3000) + ASKS.format(url=url)
    project.write("recipes/r.yaml", text + "  tasks: { form: { kind: extract, schema: schema.json } }\n")


def records(project: Project, url: str) -> None:
    rows = [{"id": str(n), "text": prose(30 + 37 * n % 300, n), "kind": "crane"} for n in range(260)]
    project.write("rows.jsonl", "\n".join(map(json.dumps, rows)))
    project.write("schema.json", json.dumps(SCHEMA))
    source = "r: { records: rows.jsonl, text: [text], id: id }"
    text = HEAD.format(source=source, size=1200) + ASKS.format(url=url)
    tasks = "ask: { kind: qa }, form: { kind: extract, schema: schema.json }, told: { kind: direct, answer: kind }"
    project.write("recipes/r.yaml", text + f"  tasks: {{ {tasks} }}\n")


@pytest.mark.parametrize("recipe", [qa, extract, records])
def test_a_preview_after_a_pilot_is_close_to_the_bill(
    shop: Shop, recipe: Callable[[Project, str], None], capsys: pytest.CaptureFixture[str]
):
    with Till() as till:
        recipe(shop, till.url)
        shop.build("r", *DATA[:3])
        assert plan("r", "--pilot", "20") == 0
        said, pilot = capsys.readouterr().out, till.usd
        assert 20 <= till.requests <= 22
        shop.build("r", "synthesize")
        rest = till.usd - pilot
    about, low, high = map(float, re.search(r"about ([\d.]+) USD to pay, ([\d.]+) USD to ([\d.]+) USD", said).groups())
    assert abs(about / rest - 1) < 0.10 and low <= rest <= high


def plan(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["plan", *arguments])
    return int(ended.value.code or 0)


def test_a_plan_says_what_is_missing_for_a_preview(shop: Shop, capsys: pytest.CaptureFixture[str]):
    qa(shop, "http://127.0.0.1:9/v1")
    assert plan("r") == 0
    assert "is known once there are passages: snakemake --profile local r --until chunk" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--pilot", "20"], ["r", "r", "--pilot", "20"], ["r", "--pilot", "0"]])
def test_a_pilot_is_for_one_recipe(shop: Shop, arguments: list[str], capsys: pytest.CaptureFixture[str]):
    qa(shop, "http://127.0.0.1:9/v1")
    assert plan(*arguments) == 2
    assert "loramake plan RECIPE --pilot 20" in capsys.readouterr().err


def test_what_is_wrong_with_the_prices_is_said_with_its_place(shop: Shop, capsys: pytest.CaptureFixture[str]):
    manuals(shop, 2)
    text = HEAD.format(source="m: { files: 'manuals/*.md' }", size=700) + ASKS.format(url="http://127.0.0.1:9/v1")
    shop.write("recipes/r.yaml", text + "  tasks: { ask: {} }\n")
    shop.build("r", *DATA[:3])
    shop.write("prices.yaml", "models:\n  m: [{ input: 1, ouput: 2 }]\n")
    assert plan("r") == 2
    assert "prices.yaml:2:19: models.m.0.ouput: no such key; did you mean 'output'?" in capsys.readouterr().err


TASKS = """\
sources: {{ m: {{ files: 'manuals/*.md' }} }}
clean: {{ steps: [] }}
chunk: {{ size: 700 }}
synthesize:
  model: {{ url: '{url}', name: teacher }}
  max_tokens: 600
  tasks:
    ask: {{ kind: qa, prompt: prompts/ask.md }}
    tell: {{ kind: qa, prompt: prompts/tell.md }}
curate: {{ split: {{ train: 0.8, validation: 0.1, test: 0.1 }} }}
train: {{ base: some/model, lora: {{ rank: 8 }} }}
"""


@pytest.fixture
def built(shop: Shop):
    """A project with two tasks, asked once; the server that counted, and the number of passages."""
    manuals(shop, 12)
    for name in ("ask", "tell"):
        shop.write(f"prompts/{name}.md", f"{name.capitalize()} {{{{ pairs }}}} things about it.\n\n{{{{ text }}}}\n")
    with Till() as till:
        shop.write("recipes/r.yaml", TASKS.format(url=till.url))
        passages = shop.build("r")["counts"]["given"] // 2
        assert till.requests == 2 * passages
        yield shop, till, passages


def asked(till: Till, edit: Callable[[], object], shop: Shop) -> int:
    before = till.requests
    edit()
    shop.build("r")
    return till.requests - before


def test_an_edit_of_one_prompt_asks_that_task_alone(built: tuple[Shop, Till, int]):
    shop, till, passages = built
    assert asked(till, lambda: shop.edit("prompts/tell.md", "things", "deep things"), shop) == passages
    assert asked(till, lambda: shop.edit("prompts/tell.md", "deep things", "things"), shop) == 0


def test_a_document_more_asks_its_passages_alone(built: tuple[Shop, Till, int]):
    shop, till, passages = built
    new = asked(till, lambda: shop.write("manuals/new.md", f"# A new crane\n\n{prose(150, 99)}\n"), shop)
    assert new == shop.build("r")["counts"]["given"] - 2 * passages > 0


def test_edits_elsewhere_ask_nothing(built: tuple[Shop, Till, int]):
    shop, till, _ = built
    for old, new in (
        ("train: 0.8, validation: 0.1", "train: 0.7, validation: 0.2"),
        ("rank: 8", "rank: 16"),
        ("steps: []", "steps: [{ mask: [email, phone] }]"),
        ("max_tokens: 600", "max_tokens: 600\n  limit: { in_flight: 3, spend_usd: 9 }"),
    ):
        assert asked(till, lambda old=old, new=new: shop.edit("recipes/r.yaml", old, new), shop) == 0


def test_another_model_and_back_asks_once(built: tuple[Shop, Till, int]):
    shop, till, passages = built
    assert asked(till, lambda: shop.edit("recipes/r.yaml", "name: teacher", "name: other"), shop) == 2 * passages
    assert asked(till, lambda: shop.edit("recipes/r.yaml", "name: other", "name: teacher"), shop) == 0


def test_the_bill_stands_in_run_json_and_in_no_receipt(built: tuple[Shop, Till, int]):
    shop, till, passages = built
    bill = shop.bill("r")
    assert bill["requests"] == till.requests == 2 * passages and bill["from_journal"] == 0
    assert bill["usd"] == bill["usd_of_recipe"] == pytest.approx(till.usd, abs=1e-9)
    assert (bill["prices"], bill["usd_estimated"]) == ("prices.yaml", 0)
    receipt = (shop.root / "build/synthesize" / shop.point("r").keys["synthesize"] / "receipt.json").read_text()
    assert "usd" not in receipt and "bill" not in receipt
    assert asked(till, lambda: shop.edit("prompts/tell.md", "things", "deep things"), shop) == passages
    after = shop.bill("r")
    assert (after["requests"], after["from_journal"]) == (passages, passages)
    assert after["usd_of_recipe"] == pytest.approx(till.usd, abs=1e-9) and after["usd"] < bill["usd"]


CHILD = """
import sys
from pathlib import Path
from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.stages.synthesize import synthesize
url, usd = sys.argv[1:]
limit = {"in_flight": 32, "spend_usd": float(usd)}
model = {"url": url, "name": "teacher"}
spec = Synthesize.model_validate({"model": model, "max_tokens": 300, "limit": limit, "tasks": {"ask": {"pairs": 2}}})
folder = Path("build")
files = {name: folder / name for name in ("chunks", "examples", "quarantined", "calls")}
try:
    synthesize(spec, **files, recipe="r")
except TeacherError as error:
    sys.exit(str(error))
"""


def passages(folder: Path, count: int) -> None:
    (folder / "build").mkdir()
    (folder / "prices.yaml").write_text(PRICES)
    with Writer(folder / "build/chunks") as out:
        for n in range(count):
            text = prose(60 + 7 * n % 90, n)
            out.write(Chunk(f"c{n}", text, f"d{n}", 0, 1, 0, source="m", path=f"{n}.md"))


def run(folder: Path, till: Till, usd: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, till.url, str(usd)]
    return subprocess.Popen(command, cwd=folder, text=True, stderr=subprocess.PIPE)


def test_the_limit_holds_with_many_in_flight_over_kills_and_restarts(tmp_path: Path):
    count, limit, dearest = 600, 0.6, 0.0073
    passages(tmp_path, count)
    with Till(delay=0.05) as till:
        for _ in range(2):
            child, begun = run(tmp_path, till, limit), till.requests
            while till.requests < begun + 40 and child.poll() is None:
                time.sleep(0.002)
            child.kill()
            assert child.communicate()[1] == ""
        for _ in range(2):
            says = run(tmp_path, till, limit).communicate()[1]
            assert "the spend limit of 0.6 USD is reached" in says and "raise synthesize.limit.spend_usd" in says
            assert re.search(rf"run the same command again: \d+ of {count} answers are kept", says)
            assert till.usd <= limit
        # What a killed run had in flight counts as spent, at the most that it can have cost.
        assert till.usd > limit - (2 * 32 + 1) * dearest
        assert till.most_at_once > 16
        assert run(tmp_path, till, 5.0).communicate() == (None, "")
        assert till.different == count and till.requests <= count + 2 * 32


def test_two_runs_of_one_recipe_share_its_limit(tmp_path: Path):
    passages(tmp_path, 120)
    with Till(delay=0.02) as till:
        children = [run(tmp_path, till, 0.05) for _ in range(2)]
        assert all("spend limit" in child.communicate()[1] for child in children)
        assert 0.03 < till.usd <= 0.05


def test_a_limit_without_a_price_stops_before_anything_is_asked(shop: Shop):
    manuals(shop, 2)
    shop.write("prices.yaml", "models: { teacher: [{ until: '2020-01-01', input: 1, output: 1 }] }")
    with Till() as till:
        shop.write(
            "recipes/r.yaml", TASKS.format(url=till.url).replace("tell: { kind: qa, prompt: prompts/tell.md }", "")
        )
        shop.write("prompts/ask.md", "Ask {{ pairs }}: {{ text }}")
        shop.edit("recipes/r.yaml", "max_tokens: 600", "max_tokens: 600\n  limit: { spend_usd: 1 }")
        with pytest.raises(TeacherError, match=r"nobody knows what this model costs[\s\S]*prices.yaml"):
            shop.build("r")
        assert till.requests == 0
        shop.edit("recipes/r.yaml", "  limit: { spend_usd: 1 }", "")
        shop.build("r")
        assert shop.bill("r")["usd"] is None and shop.bill("r")["tokens"]["input"] > 0
