"""One clip file read in this process, as the commands that need no service do it."""

from dataclasses import dataclass
from pathlib import Path

from service.command_line.failure import Failed
from service.command_line.wording import as_options
from skeleton import Recording, UnreadableClip, UnusableClip, resolve_layout
from skeleton.layout_file import BadLayoutFile, load_layouts
from skeleton.layouts import LAYOUTS
from skeleton.readers import Source, read_source, source_of
from skeleton.readers.registry import action_in


@dataclass(frozen=True)
class OneClip:
    """A recording, the name of the format it was read from, and what was read."""

    recording: Recording
    format: str
    source: Source

    @property
    def action(self) -> str | None:
        """The action that the file holds; it is looked for anew."""
        return action_in(self.source.data, self.format, self.source.name)


def read_clip(
    path: Path,
    *,
    format_name: str | None,
    layout: str | None,
    fps: float | None,
    axes: str | None,
    person: int | None,
    skeleton: Path | None,
    layouts: Path | None,
) -> OneClip:
    """Read a clip file with what the command line says about it. Raises `Failed`."""
    try:
        known = load_layouts(layouts) if layouts else LAYOUTS
        source, found = source_of(
            path,
            format=format_name,
            skeleton=skeleton,
            layout=resolve_layout(layout, known) if layout else None,
            layouts=known,
        )
        recording = read_source(source, found, fps=fps, axes=axes, person=person)
    except (UnreadableClip, UnusableClip, BadLayoutFile) as error:
        raise Failed(f"{path}: {as_options(str(error))}") from error
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from error
    return OneClip(recording, found.name, source)
