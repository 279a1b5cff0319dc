"""The registry of file formats: by name, by first bytes, by suffix (ours)."""

from collections.abc import Mapping
from pathlib import Path, PurePath
from types import MappingProxyType

from skeleton.clip import Recording, record
from skeleton.errors import UnknownFormat, UnreadableClip, UnusableClip
from skeleton.layouts import LAYOUTS, Layout
from skeleton.readers.asf_amc import AMC
from skeleton.readers.bvh import BVH
from skeleton.readers.format import Format, Source
from skeleton.readers.json_clip import JSON, action_said, says_layout
from skeleton.readers.kinect_csv import CSV
from skeleton.readers.mediapipe import MEDIAPIPE
from skeleton.readers.msr_action3d import TXT
from skeleton.readers.npy import NPY
from skeleton.readers.npz import NPZ
from skeleton.readers.ntu import NTU
from skeleton.readers.openpose import OPENPOSE
from skeleton.readers.utd_mhad import MAT

#: Every format by name, those that are told apart most surely first.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format.name: format
        for format in (NPY, NPZ, MAT, BVH, AMC, NTU, OPENPOSE, MEDIAPIPE, JSON, CSV, TXT)
    }
)

#: Bytes of a file by which its format is found.
HEAD = 65_536


def find_format(name: str | None, data: bytes, file_name: str = "") -> Format:
    """Return the format of that name; without one, what the bytes look like, else what the
    file's suffix says. Raises `UnknownFormat`."""
    if name is not None:
        if name in FORMATS:
            return FORMATS[name]
        raise UnknownFormat(f"unknown format {name[:40]!r}: use one of {', '.join(FORMATS)}")
    head = data[:HEAD]
    for format in FORMATS.values():
        if format.looks_like(head):
            return format
    suffix = PurePath(file_name).suffix.lower()
    for format in FORMATS.values():
        if suffix in format.suffixes:
            return format
    raise UnknownFormat(
        f"the bytes look like none of the formats {', '.join(FORMATS)}; name one with format="
    )


def read_source(
    source: Source,
    format: Format,
    *,
    fps: float | None = None,
    axes: str | None = None,
    person: int | None = None,
) -> Recording:
    """Read one file of a known format; what the caller says goes before what the file says.

    Raises `UnreadableClip` with the line at fault, `UnusableClip`.
    """
    if format.names_joints and not format.may_leave_out and source.layout is not None:
        raise UnusableClip(
            f"layout: files of {format.title} name their joints themselves; leave it out"
        )
    given = format.read(source)
    remarks = given.remarks
    # What the caller says is no news, and the advice to say it is followed already.
    said = [code for code, value in (("axes", axes), ("fps_assumed", fps)) if value is not None]
    remarks = tuple(remark for remark in remarks if remark.partition(":")[0] not in said)
    return record(
        given.joints,
        given.layout,
        fps=given.fps if fps is None else fps,
        axes=given.axes if axes is None else axes,
        person=given.person if person is None else person,
        remarks=remarks,
    )


def read_path(
    path: str | Path,
    *,
    format: str | None = None,
    skeleton: str | Path | None = None,
    layout: Layout | None = None,
    layouts: Mapping[str, Layout] = LAYOUTS,
    fps: float | None = None,
    axes: str | None = None,
    person: int | None = None,
) -> Recording:
    """Read a file; `skeleton`, `layout` and `layouts` as for `source_of`.

    Raises `OSError`, `UnreadableClip` with the line at fault, `UnusableClip`.
    """
    source, found = source_of(
        path, format=format, skeleton=skeleton, layout=layout, layouts=layouts
    )
    return read_source(source, found, fps=fps, axes=axes, person=person)


def source_of(
    path: str | Path,
    *,
    format: str | None = None,
    skeleton: str | Path | None = None,
    layout: Layout | None = None,
    layouts: Mapping[str, Layout] = LAYOUTS,
) -> tuple[Source, Format]:
    """Return what `read_source` takes of a file. `skeleton` is the ASF of an AMC file; unless
    given, the one beside it. `layouts` are the known layouts by name.

    Raises `OSError`, `UnknownFormat`.
    """
    path = Path(path)
    data = path.read_bytes()
    found = find_format(format, data, path.name)
    beside = bones_beside(path) if skeleton is None and found is AMC else skeleton
    bones = None if beside is None else Path(beside).read_bytes()
    return Source(data, path.name, bones, layout, layouts), found


def needs_layout(data: bytes, format: Format) -> bool:
    """Whether the caller must or may say which joint is which in a file of a known format. Of one
    that cannot be read it is taken for true: the reader says what is wrong with it."""
    try:
        return not (says_layout(data) if format is JSON else format.names_joints)
    except (UnreadableClip, UnusableClip):
        return True


def action_in(data: bytes, format_name: str | None, file_name: str) -> str | None:
    """The action that a file holds beside its clip, as JSON can.

    Raises `UnknownFormat`, `UnreadableClip`, `UnusableClip`.
    """
    return action_said(data) if find_format(format_name, data, file_name) is JSON else None


def bones_beside(path: Path) -> Path | None:
    """The ASF of an AMC: of its own name, of its subject's (`02.asf` of `02_01.amc`), or the
    only one in the folder."""
    there = {file.stem: file for file in path.parent.iterdir() if file.suffix.lower() == ".asf"}
    for stem in (path.stem, path.stem.rpartition("_")[0]):
        if stem in there:
            return there[stem]
    return next(iter(there.values())) if len(there) == 1 else None
