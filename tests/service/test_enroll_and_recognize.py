"""What enrolling and recognising promise, over HTTP and on both stores."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import httpx
import numpy as np
import pytest

from skeleton import Clip
from skeleton.animator import animate
from skeleton.animator.examples import as_json
from tests.service.bodies import npy
from tests.service.caller import JSON, NPY, Caller, performance
from tests.service.conftest import with_new_collection


def test_an_enrolled_clip_is_recognised(caller: Caller) -> None:
    for action in ("wave", "kick", "squat"):
        caller.enroll(performance(action), action)
    for action in ("wave", "kick", "squat"):
        answer = caller.recognize(performance(action))
        assert answer["matches"][0]["action"] == action
        assert answer["similarity"] == pytest.approx(1, abs=1e-5)


def test_json_and_npy_of_one_clip_get_the_same_answer(caller: Caller) -> None:
    caller.enroll(performance("wave"), "wave")
    caller.enroll_npy(performance("kick"), "kick")
    clip = rounded(performance("wave", seed=3))
    as_lists, as_array = caller.recognize(clip), caller.recognize_npy(clip)
    assert as_lists == as_array


def test_json_and_npy_enroll_the_same_embedding(caller: Caller) -> None:
    clip = rounded(performance("wave"))
    caller.enroll(clip, "from json")
    caller.enroll_npy(clip, "from npy")
    first, second = caller.recognize(performance("kick"))["matches"]
    assert first["similarity"] == second["similarity"]
    assert first["score"] == second["score"]


def test_a_float64_array_and_one_with_persons_are_taken(caller: Caller) -> None:
    clip = performance("wave")
    for joints in (clip.joints.astype(np.float64), clip.joints[:, 0].astype(np.float64)):
        wide = Clip(joints, clip.layout, clip.fps)  # type: ignore[arg-type]
        query = {"action": "wave", "layout": "kinect_v2", "fps": 30}
        answer = caller.post("/enroll", npy(wide.joints), NPY, **query)
        assert answer.status_code == 201


def test_an_enrolment_says_what_it_did(caller: Caller) -> None:
    first = caller.enroll(performance("wave"), "wave")
    assert (first["action"], first["collection"]) == ("wave", caller.collection)
    assert (first["exemplars"], first["revision"], first["similar"]) == (1, 1, None)
    assert first["quality"]["frames"] == len(performance("wave").joints)
    assert first["quality"]["seen"] == 1
    second = caller.enroll(performance("wave", seed=1), "wave")
    assert (second["exemplars"], second["revision"], second["similar"]) == (2, 2, None)
    third = caller.enroll(performance("kick"), "kick")
    assert (third["exemplars"], third["revision"]) == (1, 3)
    assert third["similar"]["action"] == "wave"


def test_the_same_clip_enrolled_again_is_told(caller: Caller) -> None:
    first = caller.enroll(performance("wave"), "wave")
    assert first["same_as"] is None
    assert caller.enroll(performance("wave", seed=1), "wave")["same_as"] is None
    other = caller.enroll(performance("wave"), "hello")
    assert other["same_as"] == {"action": "wave", "exemplar_id": first["exemplar_id"]}
    again = caller.enroll(performance("wave"), "wave")
    assert again["same_as"] == {"action": "hello", "exemplar_id": other["exemplar_id"]}
    assert caller.enroll(performance("kick"), "kick")["same_as"] is None


def test_an_enrolment_says_where_the_action_is(caller: Caller) -> None:
    body = as_json(performance("wave"), action="wave the hand?")
    response = caller.post("/enroll", body, JSON)
    place = response.headers["location"]
    found = caller.client.get(place)
    assert found.json()["action"] == "wave the hand?"
    assert found.json()["collection"] == caller.collection


def test_an_empty_gallery_knows_nothing(caller: Caller) -> None:
    answer = caller.recognize(performance("wave"))
    assert answer["decision"] == "unknown"
    assert answer["matches"] == []
    for field in ("action", "probability", "similarity", "score", "margin"):
        assert answer[field] is None


def test_an_empty_gallery_is_told_from_an_unknown_action(caller: Caller) -> None:
    (told,) = caller.recognize(performance("wave"))["warnings"]
    assert told == f"nothing_enrolled: the collection {caller.collection} holds no action"
    caller.enroll(performance("kick"), "kick")
    assert caller.recognize(performance("wave"))["warnings"] == []


def test_z_up_is_warned_of_at_enrolment_and_at_recognition(caller: Caller) -> None:
    clip = performance("wave")
    x, y, z = (clip.joints[..., axis] for axis in range(3))
    turned = replace(clip, joints=np.stack([x, z, -y], axis=-1))
    enrolled = caller.enroll(turned, "wave")["quality"]["warnings"]
    answered = caller.recognize(turned)["warnings"]
    assert [told.partition(":")[0] for told in (*enrolled, *answered)] == ["lying", "lying"]


def test_one_action_has_no_margin(caller: Caller) -> None:
    caller.enroll(performance("wave"), "wave")
    caller.enroll(performance("wave", seed=1), "wave")
    answer = caller.recognize(performance("wave"))
    assert answer["margin"] is None
    assert len(answer["matches"]) == 1


def test_matches_are_one_row_an_action_by_its_best_exemplar(caller: Caller) -> None:
    ids = [caller.enroll(performance("wave", seed=s), "wave")["exemplar_id"] for s in range(4)]
    caller.enroll(performance("kick"), "kick")
    answer = caller.recognize(performance("wave", seed=2))
    assert [match["action"] for match in answer["matches"]] == ["wave", "kick"]
    assert answer["matches"][0]["exemplar_id"] == ids[2]


def test_the_answer_agrees_with_its_best_match(caller: Caller) -> None:
    caller.enroll(performance("wave"), "wave")
    caller.enroll(performance("kick"), "kick")
    answer = caller.recognize(performance("kick", seed=5))
    best, second = answer["matches"]
    assert best["score"] >= second["score"]
    for field in ("similarity", "score", "probability"):
        assert answer[field] == best[field]
    assert answer["margin"] == pytest.approx(best["score"] - second["score"], abs=1e-5)


@pytest.mark.parametrize(("k", "rows"), [(1, 1), (2, 2), (3, 3), (1000, 4), (None, 4)])
def test_k_is_how_many_actions_are_answered(visitor: Caller, k: int | None, rows: int) -> None:
    for action in ("wave", "kick", "squat", "bow"):
        visitor.enroll(performance(action), action)
    query = {} if k is None else {"k": k}
    answer = visitor.recognize(performance("wave"), **query)
    assert len(answer["matches"]) == rows
    assert answer["margin"] is not None


def test_probabilities_go_by_the_share_of_strangers_and_the_decision_does_not(
    visitor: Caller,
) -> None:
    for action in ("wave", "kick", "squat", "bow"):
        visitor.enroll(performance(action), action)
    told = {
        share: visitor.recognize(performance("wave", seed=3), k=4, strangers=share)
        for share in (0, 0.2, 0.5, 0.9)
    }
    sums = [sum(m["probability"] for m in answer["matches"]) for answer in told.values()]
    assert sums[0] == pytest.approx(1)
    assert sums == sorted(sums, reverse=True)
    assert sums[-1] < sums[0]
    for answer in told.values():
        shares = [match["probability"] for match in answer["matches"]]
        assert shares == sorted(shares, reverse=True)
        for field in ("decision", "score", "similarity", "margin"):
            assert answer[field] == told[0.5][field]
    unless_told = visitor.recognize(performance("wave", seed=3), k=4)
    assert unless_told["matches"] == told[0.5]["matches"]
    # Whoever asks for one action is told the same of it.
    (alone,) = visitor.recognize(performance("wave", seed=3), k=1)["matches"]
    assert alone == told[0.5]["matches"][0]


def test_five_actions_are_answered_unless_k_says_otherwise(visitor: Caller) -> None:
    for number in range(7):
        visitor.enroll(performance("wave", seed=number), f"wave {number}")
    assert len(visitor.recognize(performance("wave"))["matches"]) == 5


def test_the_decision_follows_the_calibrated_threshold_and_margin(visitor: Caller) -> None:
    model = visitor.client.get("/model").json()
    for action in ("wave", "kick", "squat", "clap", "throw"):
        visitor.enroll(performance(action), action)
    decisions = set()
    for action in ("wave", "kick", "bow", "jumping_jack", "sit_down", "point"):
        answer = visitor.recognize(performance(action, seed=1))
        expected = "match"
        if answer["score"] < model["threshold"]:
            expected = "unknown"
        elif answer["margin"] < model["margin"]:
            expected = "ambiguous"
        assert answer["decision"] == expected
        assert answer["threshold"] == model["threshold"]
        named = answer["matches"][0]["action"] if expected == "match" else None
        assert answer["action"] == named
        decisions.add(expected)
    assert "match" in decisions


def test_a_stranger_is_unknown(visitor: Caller) -> None:
    for action in ("kick", "squat", "bow"):
        visitor.enroll(performance(action), action)
    answer = visitor.recognize(performance("wave"))
    assert answer["decision"] == "unknown"
    assert answer["action"] is None
    assert len(answer["matches"]) == 3


def test_two_actions_of_the_same_clip_are_ambiguous(visitor: Caller) -> None:
    visitor.enroll(performance("wave"), "wave")
    visitor.enroll(performance("wave"), "greet")
    answer = visitor.recognize(performance("wave"))
    assert (answer["decision"], answer["action"], answer["margin"]) == ("ambiguous", None, 0)


def test_any_layout_is_recognised_against_any_other(visitor: Caller) -> None:
    visitor.enroll(animate("wave", layout="kinect_v2"), "wave")
    visitor.enroll(animate("kick", layout="kinect_v2"), "kick")
    for layout in ("kinect_v1", "openni", "smpl", "body16"):
        answer = visitor.recognize(animate("kick", layout=layout))
        assert answer["matches"][0]["action"] == "kick"


def test_joint_names_stand_for_a_layout(visitor: Caller) -> None:
    clip = performance("wave")
    visitor.enroll_npy(clip, "wave")
    names = ",".join(clip.layout.joints)
    body = npy(clip.joints)
    query = {"layout": names, "fps": 30}
    answer = visitor.post("/recognize", body, NPY, **query)
    assert answer.json()["similarity"] == pytest.approx(1, abs=1e-5)


def test_warnings_are_told_on_both_calls(visitor: Caller) -> None:
    still = Clip(performance("wave").joints[:2], performance("wave").layout, 30.0)
    enrolled = visitor.enroll(still, "still")["quality"]["warnings"]
    recognised = visitor.recognize(still)["warnings"]
    assert enrolled == recognised
    assert [warning.partition(":")[0] for warning in enrolled] == ["short", "still"]


def test_metres_divided_by_1000_are_told_on_both_calls(visitor: Caller) -> None:
    made = performance("kick")
    small = Clip(made.joints / np.float32(1000), made.layout, 30.0)
    enrolled = visitor.enroll(small, "kick")["quality"]["warnings"]
    assert enrolled == visitor.recognize(small)["warnings"]
    assert [warning.partition(":")[0] for warning in enrolled] == ["small_units"]


@pytest.mark.parametrize("layout", ["h36m", "mediapipe", "kinect_v2"])
def test_pixels_with_a_confidence_are_refused_with_the_reason(visitor: Caller, layout: str) -> None:
    points = animate("kick", layout=layout).joints * np.float32(300)
    points[..., 2] = np.random.default_rng(0).uniform(0.4, 1, points.shape[:-1])
    answer = visitor.post("/enroll", npy(points), NPY, action="kick", layout=layout, fps=30)
    assert answer.status_code == 422
    assert "as a confidence does" in answer.json()["detail"]


def test_a_missing_frame_rate_is_thirty_and_is_said(visitor: Caller) -> None:
    body = as_json(performance("wave"), action="wave").replace(b'"fps":30.0,', b"")
    answer = visitor.post("/enroll", body, JSON).json()
    assert answer["quality"]["seconds"] == pytest.approx(answer["quality"]["frames"] / 30)
    assert answer["quality"]["warnings"][0].startswith("fps_missing")


def test_moments_are_rfc_3339_in_utc(caller: Caller) -> None:
    caller.enroll(performance("wave"), "wave")
    listed = caller.get("/actions").json()["actions"][0]
    exemplar = caller.get("/actions/wave").json()["exemplars"][0]
    collection = caller.client.get(f"/collections/{caller.collection}").json()
    moments = [listed["created"], listed["updated"], exemplar["created"], collection["created"]]
    for moment in moments:
        assert datetime.fromisoformat(moment).utcoffset().total_seconds() == 0  # type: ignore[union-attr]
        assert "T" in moment


def test_what_is_enrolled_through_one_process_is_recognised_through_another(
    store_kind: str, clients: Callable[[str, int], httpx.Client]
) -> None:
    here = with_new_collection(clients(store_kind, 0))
    there = here.elsewhere(clients(store_kind, 1))
    assert there.recognize(performance("wave"))["matches"] == []
    for number, action in enumerate(("wave", "kick", "bow")):
        here.enroll(performance(action), action)
        answer = there.recognize(performance(action))
        assert answer["matches"][0]["action"] == action
        assert answer["revision"] == number + 1
        assert answer == here.recognize(performance(action))


def test_what_is_deleted_through_one_process_is_unknown_to_another_at_once(
    store_kind: str, clients: Callable[[str, int], httpx.Client]
) -> None:
    here = with_new_collection(clients(store_kind, 0))
    there = here.elsewhere(clients(store_kind, 1))
    here.enroll(performance("wave"), "wave")
    extra = here.enroll(performance("wave", seed=1), "wave")["exemplar_id"]
    here.enroll(performance("kick"), "kick")
    assert len(there.recognize(performance("wave"))["matches"]) == 2
    assert here.delete(f"/actions/wave/exemplars/{extra}").status_code == 204
    assert there.recognize(performance("wave", seed=1))["matches"][0]["exemplar_id"] != extra
    assert here.delete("/actions/wave").status_code == 204
    assert [m["action"] for m in there.recognize(performance("wave"))["matches"]] == ["kick"]


def test_a_collection_made_anew_is_never_mistaken_for_the_old(
    store_kind: str, clients: Callable[[str, int], httpx.Client]
) -> None:
    here = with_new_collection(clients(store_kind, 0))
    there = here.elsewhere(clients(store_kind, 1))
    here.enroll(performance("wave"), "old")
    assert there.recognize(performance("wave"))["matches"][0]["action"] == "old"
    assert here.client.delete(f"/collections/{here.collection}").status_code == 204
    assert there.post("/recognize", as_json(performance("wave")), JSON).status_code == 404
    assert here.client.post("/collections", json={"name": here.collection}).status_code == 201
    # The same number of changes as before: only the incarnation tells the two apart.
    here.enroll(performance("kick"), "new")
    answer = there.recognize(performance("wave"))
    assert [match["action"] for match in answer["matches"]] == ["new"]
    assert answer["revision"] == 1


def rounded(clip: Clip) -> Clip:
    """To the millimetre, as the JSON of a clip has it."""
    joints = np.round(clip.joints.astype(np.float64), 3).astype(np.float32)
    return Clip(joints, clip.layout, clip.fps)
