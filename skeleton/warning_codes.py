"""Warning codes: every remark is `code: what it means here`; these are the codes (ours)."""

from collections.abc import Mapping
from types import MappingProxyType

#: What each code means, whatever the clip. docs/warnings.md is this table.
WARNING_CODES: Mapping[str, str] = MappingProxyType(
    {
        # The clip itself, whatever it was read from.
        "fps_missing": "no frame rate was given, 30 frames a second are assumed",
        "more_persons": "several persons were seen; the one who moves most is used",
        "jump": "a joint moves faster than 30 m/s from one frame to the next: a tracking error",
        "short": "fewer than five frames, which hold little movement",
        "long": "longer than 30 seconds, and a clip is one action: cut it so",
        "still": "no joint moves by more than 5 cm",
        "half_seen": "less than half of the model's joints were seen",
        "partly_seen": "less than nine tenths of them were seen: a weak exemplar",
        "upside_down": "the head is below the hips in most frames; `axes` or `layout` is wrong",
        "lying": "the head is hardly above the hips in most frames: `axes`, unless the person lies",
        "large_units": "the body is larger than 3 metres: millimetres or centimetres, not metres",
        "small_units": "the body is too small for a person: metres divided by 1000 or 100",
        "axes_hint": "on inspection only: the `axes` in which the body would stand upright",
        "at_origin": "joints lie exactly at 0, 0, 0: what was not seen is to be null or NaN",
        # What a reader took, left out or repaired.
        "axes": "the body lies in the file's axes: those that were taken, or are to be sent",
        "units": "the unit that the coordinates were taken to be in, where the file names none",
        "fps_assumed": "the format says no frame rate, the usual one of its files was taken",
        "timestamps": "they tell no frame rate, or some do not increase",
        "resampled": "the frames were uneven in time and were brought to an even rate",
        "states": "whether some joints were seen is said in no known form, and does not count",
        "visibility": "it is 0 for every landmark, which was taken for not said",
        "joints_left_out": "joints or bones whose meaning is not known, or that are incomplete",
        "joints_coincide": "neighbouring joints are always in one place, the file has no bone",
        "bones_at_rest": "bones of the skeleton file that no frame moves",
        "freedom_left_out": "bones that stretch or slide, which is not followed",
        "rest_left_out": "the first frame is the skeleton at rest and was left out",
        "more_bodies": "more bodies are in the file than are kept",
        "ghost_bodies": "bodies that are no people, like furniture, were left out",
        "changed_ids": "a body went on under another id and was put together",
        "empty_frames": "frames without anybody",
        "order_of_persons": "several poses a frame come in an order that may change",
        "flat": "the keypoints are two-dimensional; a model that needs depth refuses them",
        # The gallery that it is compared with.
        "nothing_enrolled": "the collection holds no action, so that every clip is `unknown`",
    }
)
