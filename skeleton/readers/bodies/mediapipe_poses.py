"""MediaPipe's poses: where they stand in JSON, whichever way its landmarks were saved (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skeleton.errors import UnreadableClip, UnusableClip
from skeleton.readers.bodies.json_frames import checked_frames, under

LANDMARKS = 33
#: Keys as they are compared: lower-case, without underscores.
WORLD = ("poseworldlandmarks", "worldlandmarks")
ANY = ("poselandmarks", "landmarks", "landmark")
_NESTED = ("landmark", "landmarks")
_OTHERS = {21: "a hand", 468: "a face", 478: "a face", 543: "MediaPipe Holistic"}
_MOST_POSES = 20  # in a frame
_LOOKS = '{"x": 0.1, "y": -0.5, "z": 0.2, "visibility": 0.9}'


@dataclass(frozen=True)
class Poses:
    """N poses, each with its frame, its place in the frame, and its 33 landmarks."""

    poses: list[list[Any]]
    frames: list[int]
    persons: list[int]


def frames_of(tree: Any) -> list[Any]:
    """Return the frames of whatever was saved.

    Raises `UnreadableClip` for what holds none, `UnusableClip` for none or too many.
    """
    if isinstance(tree, dict):
        tree = tree["frames"] if "frames" in tree else _under_one_key(tree)
    elif isinstance(tree, list) and _is_pose(tree):
        tree = [tree]
    return checked_frames(tree)


def poses_of(frames: Sequence[Any], keys: tuple[str, ...]) -> Poses:
    """Return every pose that stands under one of `keys`, `WORLD` or `ANY`; what stands under no
    key may be any. Raises `UnreadableClip` and `UnusableClip` with the frame."""
    found = Poses([], [], [])
    for number, frame in enumerate(frames):
        if isinstance(frame, dict):
            frame = under(frame, keys)
        elif keys is WORLD:
            continue
        for person, pose in enumerate(_split(frame, number)):
            if len(pose) != LANDMARKS:
                raise UnusableClip(_wrong_count(len(pose), number))
            found.poses.append(pose)
            found.frames.append(number)
            found.persons.append(person)
    return found


def _under_one_key(tree: dict[str, Any]) -> list[Any]:
    """The frames of an object that has them all, or a single one, under one key."""
    for keys in (WORLD, ANY):
        content = under(tree, keys)
        if content is not None:
            one = not isinstance(content, list) or _is_pose(content)
            return [{keys[0]: frame} for frame in ([content] if one else content)]
    shown = ", ".join(repr(key[:40]) for key in list(tree)[:8]) or "nothing"
    raise UnreadableClip(f"frames or landmarks are expected in the file, which has {shown}")


def _split(content: Any, number: int) -> list[list[Any]]:
    """The poses of one frame: none, one, or a list of them."""
    if isinstance(content, dict):
        content = under(content, _NESTED)
    if content is None or content == []:
        return []
    if isinstance(content, list) and _is_pose(content):
        return [content]
    if not isinstance(content, list) or len(content) > _MOST_POSES:
        raise UnreadableClip(f"frame {number}: landmarks are expected, like {_LOOKS}")
    poses = []
    for pose in content:
        if isinstance(pose, dict) and pose:
            pose = under(pose, (*WORLD, *_NESTED)) or pose
        if not pose:
            continue
        if not (isinstance(pose, list) and _is_pose(pose)):
            raise UnreadableClip(f"frame {number}: landmarks are expected, like {_LOOKS}")
        poses.append(pose)
    return poses


def _is_pose(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], dict) and "x" in value[0]


def _wrong_count(count: int, number: int) -> str:
    of = f", which are those of {_OTHERS[count]}" if count in _OTHERS else ""
    return f"frame {number}: {count} landmarks{of}; MediaPipe Pose has {LANDMARKS}"
