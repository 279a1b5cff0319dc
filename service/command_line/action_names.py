"""From a clip file to its action's name: one for all, the file's or its folder's, or its own."""

from enum import StrEnum

from service.command_line.clip_files import ClipFile
from service.command_line.failure import Failed
from service.command_line.output import Ticker
from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.readers.registry import action_in

#: A second suffix that names a tool: `wave.mediapipe.json` is of the action wave.
TOOLS = frozenset({".kinect", ".mediapipe", ".openpose"})

_HOW = "name the action with --action NAME, or take it by --action-from file|folder"


class NamedBy(StrEnum):
    """What names the action of a file."""

    FILE = "file"
    FOLDER = "folder"


class ActionNames:
    """The action of each file: `action` for all, or by `named_by`; with neither it is the one that
    the file holds, and the service reads it there."""

    def __init__(self, action: str | None, named_by: NamedBy | None) -> None:
        if action is not None and named_by is not None:
            raise Failed("give --action or --action-from, not both: each of them names the action")
        if action is not None and "/" in action:
            raise Failed(f"--action {action}: a name has no /")
        self._action = action
        self._named_by = named_by

    def of(self, file: ClipFile) -> str | None:
        """The name to send with a file; None where the file holds it."""
        if self._named_by is None:
            return self._action
        name = file.folder if self._named_by is NamedBy.FOLDER else _own_name(file)
        if name.encode(errors="ignore").decode() != name:
            raise ValueError(
                f"its {self._named_by} has a name that is not UTF-8; use --action NAME"
            )
        return name

    @property
    def held_by_files(self) -> bool:
        """Whether each file has to hold its action."""
        return self._action is None and self._named_by is None

    def refuse_unnamed(
        self, files: list[ClipFile], format_name: str | None, ticker: Ticker
    ) -> None:
        """Raise `Failed` for a file that nothing names the action of, before anything is sent."""
        for file in files:
            try:
                held = action_in(file.path.read_bytes(), format_name, file.path.name)
            except (UnreadableClip, UnusableClip):
                held = ""  # the service says what is wrong with it
            except OSError as error:
                raise Failed(f"{file.path}: {error.strerror}") from error
            if held is None:
                raise Failed(f"{file.path} holds no action: {_HOW}")
            ticker.done()


def _own_name(file: ClipFile) -> str:
    path = file.path.with_suffix("")
    return path.stem if path.suffix.lower() in TOOLS else path.name
