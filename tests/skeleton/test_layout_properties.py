"""What holds for every layout and every pair of layouts, built-in or a user's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skeleton import LAYOUTS, Layout, custom_layout, mapping
from skeleton.joint_names import BODY, canonical
from tests.skeleton.layout_strategies import Joints, clips, custom, layouts, paired_layouts

BODY16 = LAYOUTS["body16"]
# Means of exact eighths are off by their own rounding alone.
CLOSE = 1e-6


def mirror(joints: Joints, layout: Layout) -> Joints:
    return joints[:, list(layout.mirror)] * np.array([-1, 1, 1], dtype=np.float32)


def same(one: Joints, other: Joints) -> bool:
    return np.allclose(one, other, rtol=0, atol=CLOSE, equal_nan=True)


@settings(deadline=None)
@given(st.data(), layouts)
def test_mapping_a_layout_to_itself_changes_nothing(data: st.DataObject, layout: Layout) -> None:
    joints = data.draw(clips(layout))
    again = Layout("copy", layout.joints, layout.parents)
    for target in (layout, again):
        found = mapping(layout, target)
        assert (found.mapped, found.derived, found.missing) == (layout.joints, {}, ())
        np.testing.assert_array_equal(found.apply(joints), joints)


@settings(deadline=None)
@given(st.data(), layouts)
def test_mirroring_twice_changes_nothing(data: st.DataObject, layout: Layout) -> None:
    joints = data.draw(clips(layout))
    np.testing.assert_array_equal(mirror(mirror(joints, layout), layout), joints)


@settings(deadline=None, max_examples=300)
@given(st.data(), paired_layouts, paired_layouts)
def test_the_mirror_image_maps_to_the_mirror_image(
    data: st.DataObject, source: Layout, target: Layout
) -> None:
    joints = data.draw(clips(source))
    found = mapping(source, target)
    assert same(found.apply(mirror(joints, source)), mirror(found.apply(joints), target))


@settings(deadline=None, max_examples=300)
@given(st.data(), layouts, layouts)
def test_every_bone_that_the_source_has_survives_with_its_ends(
    data: st.DataObject, source: Layout, target: Layout
) -> None:
    joints = data.draw(clips(source))
    mapped = mapping(source, target).apply(joints)
    for bone in target.bones:
        ends = [target.joints[end] for end in bone]
        if all(end in source.index for end in ends):
            there = [source.index[end] for end in ends]
            np.testing.assert_array_equal(mapped[:, list(bone)], joints[:, there])


@settings(deadline=None)
@given(layouts)
def test_every_joint_hangs_on_its_nearest_ancestor(layout: Layout) -> None:
    bones = {layout.joints[child]: layout.joints[parent] for child, parent in layout.bones}
    for joint in layout.joints:
        ancestor = BODY.get(joint)
        while ancestor is not None and ancestor not in layout.index:
            ancestor = BODY[ancestor]
        assert bones.get(joint) == ancestor


@settings(deadline=None)
@given(custom(having=("pelvis",)))
def test_with_a_pelvis_the_whole_body_is_one_tree(layout: Layout) -> None:
    for joint, name in enumerate(layout.joints):
        while layout.parents[joint] >= 0:
            joint = layout.parents[joint]
        assert layout.joints[joint] == (name if name.startswith("other:") else "pelvis")


@settings(deadline=None)
@given(st.data(), layouts, layouts)
def test_shuffled_joints_under_their_names_are_the_same_clip(
    data: st.DataObject, source: Layout, target: Layout
) -> None:
    joints = data.draw(clips(source))
    order = data.draw(st.permutations(range(len(source))))
    shuffled = custom_layout([source.joints[i] for i in order])
    assert shuffled.index.keys() == source.index.keys()
    np.testing.assert_array_equal(
        mapping(shuffled, target).apply(joints[:, order]), mapping(source, target).apply(joints)
    )


@settings(deadline=None, max_examples=300)
@given(st.data(), layouts, layouts)
def test_a_joint_is_unseen_exactly_where_something_it_comes_from_is(
    data: st.DataObject, source: Layout, target: Layout
) -> None:
    joints = data.draw(clips(source))
    found = mapping(source, target)
    mapped = found.apply(joints)
    assert sorted((*found.mapped, *found.derived, *found.missing)) == sorted(target.joints)
    unseen = np.isnan(joints).any(axis=-1)
    for column, joint in enumerate(target.joints):
        if joint in found.missing:
            assert np.isnan(mapped[:, column]).all()
            continue
        needed = [source.index[name] for name in found.derived.get(joint, (joint,))]
        expected = unseen[:, needed].any(axis=1)
        np.testing.assert_array_equal(np.isnan(mapped[:, column]).any(axis=-1), expected)
        np.testing.assert_array_equal(np.isnan(mapped[:, column]).all(axis=-1), expected)


@settings(deadline=None)
@given(st.data(), layouts, layouts)
def test_a_joint_without_a_meaning_moves_no_joint_of_another_layout(
    data: st.DataObject, source: Layout, target: Layout
) -> None:
    joints = data.draw(clips(source))
    plain = Layout(
        "plain",
        tuple("?" if name.startswith("other:") else name for name in source.joints),
        source.parents,
    )
    columns = [i for i, name in enumerate(target.joints) if not name.startswith("other:")]
    np.testing.assert_array_equal(
        mapping(source, target).apply(joints)[:, columns],
        mapping(plain, target).apply(joints)[:, columns],
    )


@settings(deadline=None)
@given(st.data(), custom(having=("head", *BODY16.joints[4:])))
def test_every_layout_that_has_the_joints_of_a_body_gives_one(
    data: st.DataObject, source: Layout
) -> None:
    """Shoulders, hips and limbs are enough, and each derived joint lies among them."""
    joints = data.draw(clips(source, unseen=False))
    mapped = mapping(source, BODY16).apply(joints)
    assert not np.isnan(mapped).any()
    assert (mapped.min(axis=1) >= joints.min(axis=1)).all()
    assert (mapped.max(axis=1) <= joints.max(axis=1)).all()


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """A joint, and one of the ways in which tools write it."""
    joint = draw(st.sampled_from(list(BODY)))
    words = joint.split("_")
    if words[0] in ("left", "right") and draw(st.booleans()):
        side = draw(st.sampled_from((words[0], words[0][0])))
        words = draw(st.sampled_from(([side, *words[1:]], [*words[1:], side])))
    style = draw(st.sampled_from(("camel", "Camel", "upper", "lower", "title")))
    if style == "Camel":
        return joint, "".join(word.capitalize() for word in words)
    if style == "camel" and len(words[0]) > 1:
        return joint, words[0] + "".join(word.capitalize() for word in words[1:])
    between = draw(st.sampled_from(("_", "-", " ", ".", "__", ": ")))
    cased = {"upper": str.upper, "lower": str.lower}.get(style, str.title)
    return joint, cased(between.join(words)) + draw(st.sampled_from(("", " ")))


@settings(deadline=None, max_examples=500)
@given(spellings())
def test_however_it_is_spelt_a_joint_is_itself(spelling: tuple[str, str]) -> None:
    joint, written = spelling
    assert canonical(written) == joint
    assert custom_layout([written]).joints == (joint,)
