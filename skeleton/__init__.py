"""What a clip is: layouts, file formats, cleaning, resampling. Knows numpy and nobody else."""

from skeleton.archive import Archive
from skeleton.axes import parse_axes
from skeleton.clip import Clip, Recording, record
from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.layouts import LAYOUTS, Layout, custom_layout, resolve_layout
from skeleton.mapping import mapping
from skeleton.preparation import PREPARATION, Prepared, Quality, prepare
from skeleton.several_persons import prepare_persons

__all__ = [
    "LAYOUTS",
    "PREPARATION",
    "Archive",
    "Clip",
    "Layout",
    "Prepared",
    "Quality",
    "Recording",
    "UnreadableClip",
    "UnusableClip",
    "custom_layout",
    "mapping",
    "parse_axes",
    "prepare",
    "prepare_persons",
    "record",
    "resolve_layout",
]
