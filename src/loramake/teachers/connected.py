"""An endpoint with all that it needs: the journal, the wire to the model, and the purse."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Call
from loramake.teachers.endpoint import Endpoint
from loramake.teachers.journal import Journal
from loramake.teachers.purse import purse_for
from loramake.teachers.wires import wire_to


@contextmanager
def connected(
    spec: Synthesize, *, calls: Path, recipe: str, stop: Event, first: Callable[[], Iterable[Call]] | None = None
) -> Iterator[Endpoint]:
    """The endpoint of `spec`'s model. `calls` is the journal's folder, `recipe` the name of whoever pays.

    Where the limit says `batch`, what `first` gives is asked in batches before anything else. Raises TeacherError when
    there is no such place, RecipeError when prices.yaml is wrong.
    """
    purse = purse_for(spec, calls=calls, recipe=recipe, stop=stop)
    with (
        Journal(calls) as journal,
        Endpoint(spec, journal=journal, stop=stop, wire=wire_to(spec), purse=purse) as endpoint,
    ):
        if first is not None and spec.limit.batch and spec.model.batches:
            from loramake.teachers.batches import ask_all

            ask_all(spec, first(), journal, teacher=endpoint, stop=stop, purse=purse)
        yield endpoint
