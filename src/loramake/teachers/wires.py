"""Which wire leads to a model: by its protocol, or to a server of its own."""

from loramake.recipe.model import Synthesize
from loramake.teachers.wire import Wire


def wire_to(spec: Synthesize) -> Wire:
    """The wire to `spec`'s model; whoever has it closes it. Raises TeacherError when there is none."""
    if spec.model.file is not None:
        from loramake.teachers.llama_server import Local

        return Local(spec)
    if spec.model.protocol == "anthropic":
        from loramake.teachers.anthropic import Messages

        return Messages(spec)
    from loramake.teachers.chat import Chat

    return Chat(spec)
