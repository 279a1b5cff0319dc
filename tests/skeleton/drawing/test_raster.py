"""Raster drawings: pictures that decode, show what was seen, and say what is wrong."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image, ImageSequence

from skeleton import LAYOUTS, Recording, custom_layout, record
from skeleton.animator import animate
from skeleton.drawing import draw_gif, draw_png
from skeleton.drawing.colours import WARNING, Palette, colours, levels, scale_of
from skeleton.drawing.importance import BadImportance
from skeleton.layouts import Layout
from tests.skeleton.drawing.performances import performed
from training.data_folder import archive_path

BODY16 = LAYOUTS["body16"]
LOOK = Palette()
# Pixels: where limbs meet, an edge may take any colour between theirs.
FEW = 20


def brief(recording: Recording) -> Recording:
    """Its first frames: enough where one picture of an animation is looked at."""
    return replace(recording, joints=recording.joints[:4])


def png(recording: Recording, title: str = "") -> np.ndarray:
    file = draw_png(recording, BODY16, 32, title=title)
    assert len(file) < 150_000
    with Image.open(BytesIO(file)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def frames(file: bytes) -> tuple[list[np.ndarray], list[int]]:
    with Image.open(BytesIO(file)) as image:
        assert image.format == "GIF"
        pictures, durations = [], []
        for frame in ImageSequence.Iterator(image):
            pictures.append(np.asarray(frame.convert("RGB")))
            durations.append(frame.info["duration"])
    return pictures, durations


def gif(recording: Recording) -> tuple[list[np.ndarray], list[int]]:
    file = draw_gif(recording, BODY16, 32)
    assert len(file) < 1_500_000
    return frames(file)


def columns(picture: np.ndarray, colour: str) -> np.ndarray:
    """Where, from left to right, a colour is, below the heading with its legend."""
    return np.nonzero((picture[60:] == levels(colour)).all(axis=-1))[1]


def panels(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    half = picture.shape[1] // 2
    return picture[:, :half], picture[:, half:]


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_is_drawn_in_both_views(layout: str) -> None:
    picture = png(performed("squat", layout=layout))
    assert picture.shape == (520, 1200, 3)
    for panel in panels(picture):
        assert len(columns(panel, LOOK.left)) > 300
        assert len(columns(panel, LOOK.right)) > 300


@pytest.mark.parametrize("yaw", [0, 60, 150, -100])
def test_the_model_sees_a_body_that_faces_the_viewer(yaw: float) -> None:
    """One who faces you has the left hand on your right."""
    pictures, _ = gif(brief(performed("squat", yaw=yaw)))
    assert pictures[0].shape == (400, 720, 3)
    _, model = panels(pictures[0])
    assert columns(model, LOOK.left).mean() > columns(model, LOOK.right).mean() + 10


def test_as_received_is_not_turned() -> None:
    front, _ = panels(gif(brief(performed("squat")))[0][0])
    back, _ = panels(gif(brief(performed("squat", yaw=180)))[0][0])
    assert columns(front, LOOK.left).mean() > columns(front, LOOK.right).mean() + 5
    assert columns(back, LOOK.left).mean() < columns(back, LOOK.right).mean() - 5


@pytest.mark.parametrize(("speed", "fps"), [(1.0, 30.0), (0.3, 30.0), (2.0, 120.0), (1.0, 12.5)])
def test_an_animation_takes_as_long_as_the_clip(speed: float, fps: float) -> None:
    recording = performed("kick", speed=speed, fps=fps)
    pictures, durations = gif(recording)
    assert 10 < len(pictures) <= 60
    assert sum(durations) / 1000 == pytest.approx(len(recording.joints) / fps, abs=0.011)
    assert max(durations) - min(durations) <= 10


def test_an_animation_repeats_for_ever() -> None:
    with Image.open(BytesIO(draw_gif(brief(performed()), BODY16, 32))) as image:
        assert image.info["loop"] == 0


def test_an_animation_moves_and_its_frame_stands_still() -> None:
    pictures, _ = gif(performed("jumping_jack"))
    first, middle = pictures[0], pictures[len(pictures) // 2]
    assert (first != middle).any()
    np.testing.assert_array_equal(first[:70], middle[:70])


def test_a_warning_is_written_in_its_colour() -> None:
    lying = performed().joints[..., [0, 2, 1]] * np.array([1, -1, 1], dtype=np.float32)
    wrong = png(record(lying, LAYOUTS["kinect_v2"], fps=30))
    assert len(columns(wrong, WARNING)) > 100
    mended = png(record(lying, LAYOUTS["kinect_v2"], fps=30, axes="x,z,-y"))
    assert len(columns(mended, WARNING)) < FEW


def test_missing_joints_are_named() -> None:
    layout = custom_layout(LAYOUTS["openni"].joints[:9])
    _, model = panels(png(performed(layout=layout)))
    assert len(columns(model, WARNING)) > 100
    _, whole = panels(png(performed()))
    assert len(columns(whole, WARNING)) < FEW


def test_a_clip_that_must_be_refused_is_drawn_as_received_with_the_reason() -> None:
    flat = performed().joints * np.array([1, 1, 0], dtype=np.float32)
    recording = record(flat, LAYOUTS["kinect_v2"], fps=30)
    for picture in (png(recording), gif(brief(recording))[0][0]):
        received, model = panels(picture)
        assert len(columns(received, LOOK.left)) > 100
        assert len(columns(model, LOOK.left)) == 0
        assert len(columns(model, WARNING)) > 100


def test_a_clip_with_nothing_to_see_says_so_in_both_panels() -> None:
    recording = record(np.full((90, 25, 3), np.nan), LAYOUTS["kinect_v2"], fps=30)
    for panel in panels(png(recording)):
        assert len(columns(panel, WARNING)) > 50
        assert len(columns(panel, LOOK.left)) == 0
    pictures, durations = gif(recording)
    assert (len(pictures), durations) == (1, [3000])


def test_a_person_that_is_not_used_is_pale() -> None:
    one = performed("kick").joints[:30]
    other = np.repeat(one[:1], 30, axis=0) + np.array([1.5, 0, 0], dtype=np.float32)
    both = np.concatenate([one, other], axis=1)
    received, _ = panels(png(record(both, LAYOUTS["kinect_v2"], fps=30)))
    alone, _ = panels(png(record(both, LAYOUTS["kinect_v2"], fps=30, person=1)))
    # The second stands to the right: full colours follow the choice.
    assert columns(alone, LOOK.right).mean() > columns(received, LOOK.right).mean() + 50


def test_a_stray_joint_does_not_shrink_the_body() -> None:
    clip = performed()
    joints = clip.joints.copy()
    joints[:, :, clip.layout.index["left_thumb"]] = 900.0
    strayed, _ = panels(png(record(joints, clip.layout, fps=30)))
    whole, _ = panels(png(clip))
    assert len(columns(strayed, LOOK.right)) > 0.7 * len(columns(whole, LOOK.right))


@pytest.mark.parametrize("unit", [1e-9, 0.001, 1000.0])
def test_a_body_of_any_unit_fills_the_picture(unit: float) -> None:
    clip = performed("squat")
    for panel in panels(png(record(clip.joints * unit, clip.layout, fps=30))):
        rows = np.nonzero((panel[60:] == levels(LOOK.left)).all(axis=-1))[0]
        assert np.ptp(rows) > 150


def test_a_title_of_any_script_and_length_is_taken() -> None:
    for title in ("wave.bvh", "Größe · 測試\n\x00\x1b[31m", "x" * 100_000, "\ud800"):
        assert png(performed("wave"), title).shape == (520, 1200, 3)


def test_many_long_warnings_leave_room_for_the_figures() -> None:
    remarks = tuple(f"remark_{i}: " + "something happened while reading " * 20 for i in range(40))
    clip = animate("wave")
    for picture in (
        png(record(clip.joints, clip.layout, remarks=remarks)),
        gif(record(clip.joints[:4], clip.layout, remarks=remarks))[0][0],
    ):
        assert len(columns(panels(picture)[0], LOOK.left)) > 100


def test_no_words_run_out_of_the_picture() -> None:
    clip = animate("wave")
    remarks = ("one: " + "word " * 300, "two: " + "w" * 900)
    recording = record(clip.joints[:4], clip.layout, remarks=remarks)
    title = "a title that is much too long " * 20
    for file in (draw_png, draw_gif):
        drawn = file(recording, BODY16, 32, title=title)
        with Image.open(BytesIO(drawn)) as image:
            picture = np.asarray(image.convert("RGB"))
        rim = picture[20:-20, -8:]
        assert (rim == levels(LOOK.card)).all(axis=-1)[:, :-1].all()
        assert len(columns(picture, WARNING)) > 300


def test_the_moments_of_several_persons_are_divided() -> None:
    one = performed("squat", yaw=90).joints
    behind = one - np.array([0.3, 0, 0.5], dtype=np.float32)
    both = record(np.concatenate([one, behind], axis=1), LAYOUTS["kinect_v2"], fps=30)
    received, _ = panels(png(both))
    assert _fences(received)
    received, _ = panels(png(performed("squat", yaw=90)))
    assert not _fences(received)


def _fences(panel: np.ndarray) -> int:
    """How many columns between its edges hold a line from above to below."""
    off = np.abs(panel[250:450, 40:-40].astype(int) - levels(LOOK.edge)).max(axis=-1)
    return int(((off < 6).mean(axis=0) > 0.9).sum())


def test_the_same_clip_gives_the_same_bytes() -> None:
    assert draw_png(performed(), BODY16, 32) == draw_png(performed(), BODY16, 32)


@pytest.mark.parametrize(
    "layout",
    [
        custom_layout(["left_wrist"]),
        custom_layout(["left_wrist", "right_wrist"]),
        Layout("orphans", BODY16.joints, (-1,) * 16),
        Layout("strange", ("tail", "left_wing"), (-1, 0)),
    ],
)
def test_odd_layouts_are_drawn(layout: Layout) -> None:
    joints = np.random.default_rng(0).normal(size=(12, len(layout), 3))
    received, _ = panels(png(record(joints, layout, fps=30)))
    colours = (LOOK.left, LOOK.right, LOOK.middle)
    assert sum(len(columns(received, colour)) for colour in colours) > 20


def importance(joint: str) -> np.ndarray:
    """Weights of which one joint has most, and its neighbours some."""
    weights = np.full(len(BODY16), 0.01)
    weights[BODY16.index[joint]] = 0.85
    return weights


@pytest.mark.parametrize("draw", [draw_png, draw_gif])
def test_what_matters_most_is_darkest_in_what_the_model_sees_alone(draw: Any) -> None:
    clip, (*_, dark) = brief(performed("squat")), scale_of(LOOK)
    found = {}
    for joint in ("left_wrist", "right_ankle"):
        file = draw(clip, BODY16, 32, importance=importance(joint))
        with Image.open(BytesIO(file)) as image:
            received, model = panels(np.asarray(image.convert("RGB"))[100:])
        assert len(columns(received, LOOK.left)) > 100
        assert len(columns(received, dark)) == 0
        assert len(columns(model, LOOK.left)) == len(columns(model, LOOK.right)) == 0
        found[joint] = np.nonzero((model == levels(dark)).all(axis=-1))[0].mean()
    # The wrist is higher in the picture than the ankle.
    assert found["left_wrist"] < found["right_ankle"] - 20


def test_the_shades_of_importance_have_a_legend() -> None:
    file = draw_png(performed("squat"), BODY16, 32, importance=importance("left_wrist"))
    with Image.open(BytesIO(file)) as image:
        _, model = panels(np.asarray(image.convert("RGB"))[60:100])
    places = [np.nonzero((model == levels(shade)).all(axis=-1))[1] for shade in scale_of(LOOK)]
    assert all(len(place) > 20 for place in places)
    middles = [place.mean() for place in places]
    assert middles == sorted(middles)


def test_where_all_joints_matter_about_alike_none_is_dark() -> None:
    weights = np.full(len(BODY16), 1 / 16)
    weights[BODY16.index["left_wrist"]] = 1.5 / 16
    _, *_, dark = scale_of(LOOK)
    for alike, found in ((weights, False), (importance("left_wrist"), True)):
        with Image.open(BytesIO(draw_png(performed(), BODY16, 32, importance=alike))) as image:
            _, model = panels(np.asarray(image.convert("RGB"))[100:])
        assert (len(columns(model, dark)) > 0) == found


def test_without_importance_nothing_is_drawn_otherwise() -> None:
    assert draw_png(performed(), BODY16, 32, importance=None) == draw_png(performed(), BODY16, 32)
    assert not set(scale_of(LOOK)) & set(colours(LOOK))
    assert len(colours(LOOK, importance=True)) <= 256


@pytest.mark.parametrize("weights", [[1.0], [-1.0] * 16, [np.nan] * 16, [[0.1] * 16]])
def test_weights_that_do_not_fit_the_joints_are_refused(weights: list[Any]) -> None:
    for draw in (draw_png, draw_gif):
        with pytest.raises(BadImportance):
            draw(performed(), BODY16, 32, importance=weights)


def test_a_body_of_which_nothing_matters_is_drawn() -> None:
    draw_png(performed(), BODY16, 32, importance=np.zeros(16))


_NUMBERS = st.one_of(
    st.just(np.nan),
    st.just(0.0),
    st.floats(-1e6, 1e6, width=32),
    st.floats(-2, 2, width=32),
)


@settings(max_examples=20, deadline=None)
@given(
    joints=array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4).flatmap(
        lambda shape: arrays(np.float32, (*shape, 16, 3), elements=_NUMBERS, fill=_NUMBERS)
    ),
    axes=st.sampled_from(["x,y,z", "x,-y,-z", "-z,x,y"]),
    person=st.sampled_from([None, 0, 3, -1]),
)
def test_drawing_never_fails_whatever_was_recorded(
    joints: np.ndarray, axes: str, person: int | None
) -> None:
    recording = record(joints, BODY16, axes=axes, person=person)
    assert png(recording).shape == (520, 1200, 3)
    assert len(gif(recording)[0]) <= 4


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["utdmhad", "isl30", "cmu_part"])
def test_real_clips_are_drawn_small(name: str) -> None:
    archive = np.load(archive_path(name))
    layout = custom_layout([str(joint) for joint in archive["joint_names"]])
    ends = archive["offsets"]
    for clip in (0, len(ends) // 2):
        joints = archive["joints"][ends[clip] : ends[clip + 1]] * archive["scale"]
        recording = record(joints, layout, fps=float(archive["fps"]))
        assert len(columns(png(recording), LOOK.left)) > 300
        assert len(gif(recording)[0]) <= 60


def test_a_clip_as_large_as_a_body_may_be_is_drawn() -> None:
    one = performed("walk").joints
    many = np.tile(one, (56_000 // len(one), 1, 1, 1))
    many[::7, :, 3:9] = np.nan
    recording = record(many, LAYOUTS["kinect_v2"], fps=30)
    assert png(recording).shape == (520, 1200, 3)
    pictures, durations = gif(recording)
    assert len(pictures) == 60
    assert sum(durations) / 1000 == pytest.approx(len(many) / 30, rel=1e-3)
