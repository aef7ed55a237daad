"""Templates of strangers: Jinja that reaches no file, no variable of the environment, and no end of time or memory."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from traceback import extract_tb
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, meta, nodes
from jinja2 import Template as Compiled
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from loramake.errors import DataError
from loramake.records import PAGE_BREAK

LONGEST_TEMPLATE = 100_000
MOST_WORK = 20_000_000  # characters read and made while a template is filled in, beside those that it is given
STEP = 100  # what a step of a loop counts as, in characters
PART = 20  # what every part of a list or mapping counts as, beside its characters
DEEPEST = 200
LARGEST_NUMBER = 10**15

# What a template may be made of: no macros, blocks or imports, nor `**`.
_NODES = """
Template Output TemplateData Name NSRef Const Getattr Getitem Slice If For Assign With Filter Test Compare Operand
And Or Not CondExpr Concat List Tuple Dict Pair Keyword Call Add Sub Mul Div FloorDiv Mod Neg Pos
"""
_FILTERS = """
abs capitalize count d default dictsort first float groupby items last length list lower map max min reject
rejectattr reverse select selectattr sort string title trim truncate unique upper wordcount
"""
_METHODS = """
capitalize count endswith find get items keys lower lstrip rstrip split splitlines startswith strip title upper values
"""
NODES, FILTERS, METHODS = (frozenset(names.split()) for names in (_NODES, _FILTERS, _METHODS))


class _Work(threading.local):
    """How much a thread may still do for the template that it fills in; nothing outside of one."""

    left = -1

    def spend(self, characters: int) -> None:
        if self.left < 0:
            raise RuntimeError("templates are not filled in while they are compiled")
        self.left -= characters
        if self.left < 0:
            self.left = 0
            raise SecurityError("it does more than a prompt needs: it repeats too often, or grows too long")


_WORK = _Work()


def weigh(value: Any, depth: int = 0) -> int:
    """The size of a value, in characters, about; every part counts as often as it is written out."""
    if isinstance(value, str):
        return len(value) + PART
    if isinstance(value, Undefined) and depth:
        str(value)  # raises
    if depth > DEEPEST:
        raise SecurityError("it makes values that are nested too deeply")
    if isinstance(value, Mapping):
        parts: Iterator[Any] = (part for pair in value.items() for part in pair)
    elif isinstance(value, list | tuple | set | type({}.keys()) | type({}.values()) | type({}.items())):
        parts = iter(value)
    else:
        return PART
    total = PART
    for part in parts:
        total += weigh(part, depth + 1)
        if total > max(_WORK.left, 0):
            _WORK.spend(total)
    return total


def _taken(value: Any) -> Any:
    _WORK.spend(weigh(value))
    return value


def _counted(value: Any) -> Any:
    """What a loop goes through; all of its steps are paid for before the first."""
    if isinstance(value, Undefined):
        return value
    if not hasattr(value, "__len__"):
        raise SecurityError(f"a loop goes through lists, not a {type(value).__name__}")
    _WORK.spend(STEP * (1 + len(value)))
    return value


def _shown(value: Any) -> Any:
    """What `{{ value }}` writes: text, numbers, and lists and mappings of them; nothing that has an address."""
    if isinstance(value, str | int | float | None):
        _WORK.spend(len(value) if isinstance(value, str) else 20)
        return value
    if isinstance(value, list | tuple | Mapping):
        _WORK.spend(weigh(value))
        return str(value)
    if isinstance(value, Undefined):
        return str(value)
    raise SecurityError(f"a {type(value).__name__} is no text")


def _joined(values: Sequence[Any]) -> str:
    return "".join(str(_shown(value)) for value in values)


def _join(value: Any, d: str = "") -> str:
    parts = [str(_shown(part)) for part in _counted(value)]
    _WORK.spend(sum(map(len, parts)) + len(d) * len(parts))
    return d.join(parts)


def _replace(value: Any, old: str, new: str) -> str:
    text = str(_shown(value))
    _WORK.spend(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _indent(value: Any, width: int = 4, first: bool = False, blank: bool = False) -> str:
    lines = str(_shown(value)).split("\n")
    space = " " * max(0, min(int(width), 40))
    _WORK.spend(len(lines) * len(space))
    return "\n".join(
        space + line if (line.strip() or blank) and (number or first) else line for number, line in enumerate(lines)
    )


def _json(value: Any, indent: int | None = None) -> str:
    if isinstance(value, Undefined):
        return str(value)
    _WORK.spend(weigh(value))
    return json.dumps(value, ensure_ascii=False, indent=None if indent is None else max(0, min(int(indent), 8)))


def _rounded(value: Any, precision: int = 0) -> float:
    return float(round(float(value), max(-15, min(int(precision), 15))))


def _whole(value: Any, default: int = 0) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return default


def _paid(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose result counts as work; what it would give one by one is a list."""

    @wraps(function)
    def paid(*args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        if isinstance(value, Iterator):
            value = list(value)
        _WORK.spend(weigh(value))
        return value

    return paid


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with a list of what may be done, and a price on everything that can be done often."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%"])

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, optimized=False, finalize=_shown
        )
        own = {"join": _join, "replace": _replace, "indent": _indent, "tojson": _json, "round": _rounded, "int": _whole}
        inner = {"_taken": _taken, "_counted": _counted, "_joined": _joined}
        self.filters = {**{name: _paid(self.filters[name]) for name in FILTERS}, **own, **inner}
        self.globals = {"range": safe_range, "namespace": Namespace}

    def getattr(self, obj: Any, attribute: str) -> Any:
        return _taken(super().getattr(obj, attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:
        return _taken(super().getitem(obj, argument))

    def is_safe_callable(self, obj: Any) -> bool:
        if isinstance(obj, BuiltinMethodType):
            return isinstance(obj.__self__, str | Mapping | list | tuple) and obj.__name__ in METHODS
        if isinstance(obj, MethodType):
            return isinstance(obj.__self__, LoopContext) and obj.__name__ in ("cycle", "changed")
        return obj in (safe_range, Namespace)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - Jinja's own form
        if isinstance(__obj, Undefined):
            return __obj()
        return _taken(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        for value in (left, right):
            if isinstance(value, Undefined):
                str(value)
        if isinstance(left, int | float) and isinstance(right, int | float):
            value = super().call_binop(context, operator, left, right)
            if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
                raise SecurityError("a number grows too large")
            return value
        if operator == "*" and (isinstance(left, int) or isinstance(right, int)):
            _WORK.spend(weigh(left) * max(0, right) if isinstance(right, int) else weigh(right) * max(0, left))
        elif operator != "+":
            raise SecurityError(f"'{operator}' is for numbers")
        _WORK.spend(weigh(left) + weigh(right))
        return super().call_binop(context, operator, left, right)


ENVIRONMENT = _Environment()


class _Guard(NodeTransformer):
    """Refuses what a template may not be made of, and puts a price on the rest."""

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        kind = type(node).__name__
        if kind not in NODES or (isinstance(node, nodes.For) and node.recursive):
            word = "a recursive loop" if kind == "For" else f"'{kind.lower()}'"
            raise TemplateSyntaxError(f"{word} has no place in a prompt", node.lineno)
        return super().visit(node, *args, **kwargs)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - Jinja's own form
        return _priced(node, "_taken") if node.ctx == "load" else node

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.iter = _priced(node.iter, "_counted")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _priced(nodes.List(node.nodes, lineno=node.lineno, environment=ENVIRONMENT), "_joined")


def _priced(node: nodes.Node, name: str) -> nodes.Filter:
    assert isinstance(node, nodes.Expr)
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno, environment=ENVIRONMENT)


class Template:
    """A Jinja template of a task, sandboxed. Errors are DataErrors that name task, line and the variables there are.

    `uses` names the variables that it mentions.
    """

    def __init__(self, source: str, *, task: str, key: str, variables: tuple[str, ...]) -> None:
        self._where = f"task {task}, {key}"
        self._variables = variables
        try:
            if len(source) > LONGEST_TEMPLATE:
                raise TemplateSyntaxError(f"it is longer than {LONGEST_TEMPLATE} characters", 1)
            tree = ENVIRONMENT.parse(source)
            self.uses = frozenset(meta.find_undeclared_variables(tree))
            code = ENVIRONMENT.compile(_Guard().visit(tree))
            self._template = Compiled.from_code(ENVIRONMENT, code, ENVIRONMENT.globals)
        except TemplateSyntaxError as error:
            raise self._error(error, error.lineno, self._variables) from None
        except (SyntaxError, RecursionError, MemoryError, ValueError, AssertionError) as error:
            raise self._error(error, None, self._variables) from None

    def render(self, **values: Any) -> str:
        """The text, without page breaks and without white space at its ends."""
        _WORK.left = MOST_WORK
        try:
            _WORK.left += 10 * weigh(values)
            text = "".join(self._pieces(values))
        except Exception as error:
            fields = [f"meta.{name}" for name in sorted(values.get("meta", ()))]
            names = [name for name in self._variables if name != "meta" or not fields]
            raise self._error(error, _line(error), sorted([*fields, *names])) from None
        finally:
            _WORK.left = -1
        return text.replace(PAGE_BREAK, "\n").strip()

    def _pieces(self, values: Mapping[str, Any]) -> Iterator[str]:
        for piece in self._template.generate(values):
            _WORK.spend(len(piece))
            yield piece

    def _error(self, error: BaseException, line: int | None, names: Sequence[str]) -> DataError:
        return DataError(
            f"a template that cannot be filled in: {str(error)[:200] or type(error).__name__}",
            where=f"{self._where}, line {line}" if line else self._where,
            hint=f"there are {', '.join(names)}",
        )


def _line(error: BaseException) -> int | None:
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return lines[-1] if lines else None
