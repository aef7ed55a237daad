"""What models cost: a dated table in the package, and the project's own prices.yaml, which wins model by model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, ValidationError, model_validator

from loramake.errors import Problem, RecipeError
from loramake.recipe.spec import Spec, Text
from loramake.recipe.teacher import Teacher, host_of
from loramake.recipe.tree import Keys, Tree, did_you_mean, read_tree
from loramake.teachers.usage import Tokens

OWN = Path("prices.yaml")
MILLION = 1_000_000
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Weekday, ...] = get_args(Weekday)
STEP = timedelta(minutes=5)

Dollars = Annotated[float, Field(ge=0, lt=1e6, allow_inf_nan=False)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Hours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars per million tokens, at one moment."""

    input: float = 0.0
    cached: float = 0.0
    written: float = 0.0
    output: float = 0.0

    def cost(self, tokens: Tokens) -> float:
        """What `tokens` cost, in US dollars."""
        parts = (self.input * tokens.input, self.cached * tokens.cached, self.written * tokens.written)
        return (sum(parts) + self.output * tokens.output) / MILLION

    def times(self, share: float) -> "Rate":
        """A share of the price."""
        return Rate(self.input * share, self.cached * share, self.written * share, self.output * share)

    def most(self, other: "Rate") -> "Rate":
        """The dearer of two prices, kind by kind."""
        return Rate(
            max(self.input, other.input),
            max(self.cached, other.cached),
            max(self.written, other.written),
            max(self.output, other.output),
        )


class _Costs(Spec):
    """Prices of the kinds of tokens."""

    input: Dollars
    cached: Dollars | None = None
    written: Dollars | None = None
    output: Dollars

    @property
    def rate(self) -> Rate:
        """With input's price for what is not named."""
        cached = self.input if self.cached is None else self.cached
        return Rate(self.input, cached, self.input if self.written is None else self.written, self.output)


class Peak(_Costs):
    """Hours, UTC, that cost something else."""

    hours: list[Hours] = Field(min_length=1)
    days: list[Weekday] = Field(default_factory=lambda: list(DAYS))

    def holds(self, at: datetime) -> bool:
        """Whether `at` is in these hours; hours over midnight belong to the day on which they begin."""
        for hours in self.hours:
            begin, end = (time.fromisoformat(part) for part in hours.split("-"))
            begun = at - timedelta(days=1) if end <= begin and at.time() < end else at
            inside = begin <= at.time() < end if begin < end else at.time() >= begin or at.time() < end
            if inside and DAYS[begun.weekday()] in self.days:
                return True
        return False


class Price(_Costs):
    """The price of a model from a day until another."""

    from_: Day | None = Field(None, alias="from")
    until: Day | None = None
    peak: Peak | None = None
    batch: Annotated[float, Field(gt=0, le=1)] | None = None
    tokenizer: Text | None = None

    @model_validator(mode="after")
    def _days(self) -> Self:
        for day in (self.from_, self.until):
            date.fromisoformat(day or "2000-01-01")
        if self.from_ and self.until and self.from_ >= self.until:
            raise ValueError(f"'until' ({self.until}) is not after 'from' ({self.from_})")
        return self

    def holds(self, at: datetime) -> bool:
        """Whether this is the price at `at`."""
        day = at.date().isoformat()
        return (self.from_ or "") <= day and (self.until is None or day < self.until)


class Table(Spec):
    """A file of prices."""

    read: Day | None = None
    providers: dict[str, Text] = Field(default_factory=dict)
    models: dict[str, Annotated[list[Price], Field(min_length=1)]]


class Prices:
    """Tables of prices, the first one that names a model wins. All times are UTC."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._found: dict[tuple[str, str | None], tuple[str, list[Price]]] = {}
        self._providers = {host: name for table in tables.values() for name, host in table.providers.items()}

    def source(self, model: Teacher) -> str:
        """Which table a model's price comes from, with its date; "" when it has none."""
        name, _ = self._listed(model)
        read = self._tables[name].read if name else None
        return f"{name} of {read}" if read else name

    def at(self, model: Teacher, when: datetime, *, batch: bool = False) -> Rate | None:
        """The price at a moment; None when nobody knows it. What runs here is free unless a table says otherwise."""
        row = self.row(model, when)
        if row is None:
            return None if model.remote or self._listed(model)[1] else Rate()
        rate = row.peak.rate if row.peak and row.peak.holds(when) else row.rate
        return rate.times(row.batch) if batch and row.batch else rate

    def most(self, model: Teacher, when: datetime, *, batch: bool = False) -> Rate | None:
        """The dearest price of the next day."""
        return _dearest(self._soon(model, when, None, batch))

    def span(self, model: Teacher, when: datetime, hours: str | None, *, batch: bool = False) -> list[Rate]:
        """The prices of the next week, cheapest first; of its `hours` alone, if any are given."""
        rates = dict.fromkeys(self._soon(model, when, hours, batch, days=7))
        return sorted((rate for rate in rates if rate), key=lambda rate: (rate.output, rate.input))

    def row(self, model: Teacher, when: datetime) -> Price | None:
        """The line of the table that holds at a moment."""
        return next((row for row in self._listed(model)[1] if row.holds(when)), None)

    def _soon(
        self, model: Teacher, when: datetime, hours: str | None, batch: bool, days: int = 1
    ) -> Iterator[Rate | None]:
        window = Peak(hours=[hours], input=0.0, output=0.0) if hours else None
        yield from (self.at(model, when, batch=batch) for _ in range(0 if window else 1))
        if any(row.peak or row.from_ or row.until for row in self._listed(model)[1]):
            moments = (when + STEP * number for number in range(days * 288 + 1))
            yield from (self.at(model, at, batch=batch) for at in moments if window is None or window.holds(at))
        elif window:
            yield self.at(model, when, batch=batch)

    def _listed(self, model: Teacher) -> tuple[str, list[Price]]:
        named = (model.name, model.url)
        if named not in self._found:
            self._found[named] = self._look_up(model)
        return self._found[named]

    def _look_up(self, model: Teacher) -> tuple[str, list[Price]]:
        host = host_of(model.url)
        names = {model.name, f"{host}/{model.name}", f"{self._providers.get(host, host)}/{model.name}"}
        for source, table in self._tables.items():
            fitting = [key for key in table.models if any(fnmatchcase(name, key) for name in names)]
            if fitting:
                # What is written out says more than a pattern, and a long pattern more than a short one.
                best = max(fitting, key=lambda key: (key in names, len(key)))
                return source, table.models[best]
        return "", []


def _dearest(rates: Iterator[Rate | None]) -> Rate | None:
    dearest: Rate | None = None
    for rate in rates:
        if rate:
            dearest = dearest.most(rate) if dearest else rate
    return dearest


def load_prices(own: Path = OWN) -> Prices:
    """The project's prices over the package's. Raises RecipeError with everything that is wrong with its file."""
    tables = {own.name: read_table(own)} if own.is_file() else {}
    packaged = files("loramake.teachers") / "prices.yaml"
    return Prices({**tables, "loramake's prices": read_table(Path(str(packaged)))})


def read_table(file: Path) -> Table:
    """A file of prices. Raises RecipeError with everything that is wrong with it, each with its place."""
    if file.is_file() and not file.stat().st_size:
        raise RecipeError([Problem(file.name, 1, 1, "", "is empty", "it needs 'models'")])
    tree = read_tree(file, file.name)
    try:
        return Table.model_validate(tree.value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise RecipeError(
            [_problem(tree, details) for details in error.errors(include_url=False, include_context=False)]
        ) from None


KNOWN: dict[int, tuple[type[Spec], ...]] = {1: (Table,), 4: (Price,), 5: (Peak,)}


def _problem(tree: Tree, details: Any) -> Problem:
    keys: Keys = details["loc"]
    if details["type"] == "extra_forbidden":
        known = [about.alias or name for spec in KNOWN.get(len(keys), ()) for name, about in spec.model_fields.items()]
        hint = did_you_mean(str(keys[-1]), known) or f"known are {', '.join(known)}"
        return tree.problem(keys, "no such key", hint)
    if details["type"] == "missing":
        return tree.problem(keys[:-1], f"needs '{keys[-1]}'")
    says = details["msg"].removeprefix("Value error, ")
    return tree.problem(keys, says[:1].lower() + says[1:])


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)
