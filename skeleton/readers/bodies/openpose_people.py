"""OpenPose's people: the rows of numbers that JSON holds for them, frame by frame (ours)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skeleton.errors import NothingToSee, UnreadableClip, UnusableClip

#: Every version's names; 1.0 had no ending.
_FLAT = ("pose_keypoints_2d", "pose_keypoints")
_ROUND = ("pose_keypoints_3d", "body_keypoints_3d")
_JOINTS = (18, 25)


@dataclass(frozen=True)
class Rows:
    """N bodies: flat rows of `joints` times `width` numbers, the last of them the confidence;
    the frame of each, rising; and how many frames there are."""

    rows: list[list[Any]]
    frames: list[int]
    count: int
    joints: int
    width: int


def people_rows(frames: Sequence[Any]) -> Rows:
    """Return the bodies of OpenPose's frames, those in 3D where anybody has them.

    Raises `UnreadableClip` and `UnusableClip` with the frame, `NothingToSee`.
    """
    round_bodies = _found(frames, _ROUND)
    # With c = 0 throughout, which every body has that no second camera saw, there is nothing.
    if any(any(row[3::4]) for row, _ in round_bodies):
        return _rows(round_bodies, len(frames), 4)
    return _rows(_found(frames, _FLAT), len(frames), 3)


def kinetics_rows(frames: Sequence[Any]) -> Rows:
    """Return the bodies of a Kinetics-skeleton file's `data`. Raises as `people_rows`."""
    bodies = []
    for number, frame in enumerate(frames):
        for body in _list_in(frame, "skeleton", number):
            pose, score = _list_in(body, "pose", number), _list_in(body, "score", number)
            if len(pose) != 2 * len(score):
                raise UnreadableClip(
                    f"frame {number}: {len(pose)} coordinates and {len(score)} scores; every "
                    "joint has x, y and a score"
                )
            row: list[Any] = [None] * (3 * len(score))
            row[0::3], row[1::3], row[2::3] = pose[0::2], pose[1::2], score
            if row:
                bodies.append((row, number))
    return _rows(bodies, len(frames), 3)


def _found(frames: Sequence[Any], keys: tuple[str, ...]) -> list[tuple[list[Any], int]]:
    bodies = []
    for number, frame in enumerate(frames):
        if frame is None:
            continue
        for person in _list_in(frame, "people", number):
            if not isinstance(person, dict):
                raise UnreadableClip(f"frame {number}: a person is not an object")
            if row := _row(person, keys, number):
                bodies.append((row, number))
    return bodies


def _row(person: dict[str, Any], keys: tuple[str, ...], number: int) -> list[Any]:
    """The numbers under the first of `keys` that holds any; empty where none does."""
    for key in keys:
        row = person.get(key)
        if not row:
            continue
        if not isinstance(row, list):
            raise UnreadableClip(f"frame {number}: {key} is not a list of numbers")
        return row
    return []


def _list_in(value: Any, key: str, number: int) -> list[Any]:
    if not isinstance(value, dict) or key not in value:
        raise UnreadableClip(f"frame {number}: an object with {key!r} is expected")
    content = value[key]
    if content is not None and not isinstance(content, list):
        raise UnreadableClip(f"frame {number}: {key!r} is not a list")
    return content or []


def _rows(bodies: Sequence[tuple[list[Any], int]], count: int, width: int) -> Rows:
    if not bodies:
        raise NothingToSee(f"nobody was seen in any of the {count} frames")
    length = len(bodies[0][0])
    for row, number in bodies:
        if len(row) % width or len(row) // width not in _JOINTS:
            raise UnusableClip(
                f"frame {number}: {len(row)} numbers a person; {width} a joint are read of "
                "18 joints (COCO) or 25 (BODY_25)"
            )
        if len(row) != length:
            raise UnusableClip(
                f"frame {number}: {len(row) // width} joints, but the first person has "
                f"{length // width}"
            )
    return Rows([row for row, _ in bodies], [at for _, at in bodies], count, length // width, width)
