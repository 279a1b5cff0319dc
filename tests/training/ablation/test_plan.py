"""The plan."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from training.ablation.plan import SHIPPED, BadPlan, Entry, Plan, entries
from training.config import BadConfig, KeptOut

GOOD: dict[str, Any] = {
    "baseline": "plain",
    "seeds": [0, 1],
    "sets": ["utdmhad"],
    "variants": {"plain": ["encoder.dropout=0"], "more": ["encoder.dropout=0.5"]},
    "encoders": {
        "wide": {},
        "slim": {"overrides": ["encoder.segment_width=8"], "variants": ["plain"]},
    },
}


def _read(folder: Path, **changes: Any) -> Plan:
    path = folder / "plan.yaml"
    path.write_text(yaml.safe_dump(GOOD | changes, sort_keys=False))
    return Plan.read(path)


def _entries(folder: Path, *overrides: str, **changes: Any) -> tuple[Entry, ...]:
    return entries(_read(folder, **changes), None, overrides, 7)


def test_a_plan_is_every_variant_of_every_encoder_once_for_each_seed(tmp_path: Path) -> None:
    found = _entries(tmp_path)
    assert [entry.name for entry in found] == [
        "wide/plain/seed0", "wide/more/seed0", "slim/plain/seed0",
        "wide/plain/seed1", "wide/more/seed1", "slim/plain/seed1",
    ]  # fmt: skip
    last = found[-1].config
    assert (last.seed, last.optimiser.epochs) == (1, 7)
    assert (last.encoder.dropout, last.encoder.segment_width) == (0, 8)


def test_differences_of_every_run_give_way_to_those_of_the_variant(tmp_path: Path) -> None:
    given = ("encoder.dropout=0.1", "loss.scale=15.0", "optimiser.epochs=3", "seed=9")
    for entry in _entries(tmp_path, *given):
        assert entry.config.encoder.dropout == (0 if entry.variant == "plain" else 0.5)
        assert entry.config.loss.scale == 15
        assert (entry.config.optimiser.epochs, entry.config.seed) == (7, entry.seed)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"baseline": "none"}, "no variant 'none'"),
        ({"seeds": []}, "seeds"),
        ({"seeds": [1, 1]}, "named twice"),
        ({"variants": {"plain": [], "a/b": []}}, "'a/b'"),
        ({"variants": {"plain": [], "..": []}}, "'..'"),
        ({"encoders": {"wide": {"variants": ["plain", "absent"]}}}, "absent"),
        ({"encoders": {"wide": {"variants": ["more"]}}}, "baseline 'plain' is missing"),
        ({"encoders": {}}, "encoders"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_plan_that_does_not_hang_together_is_refused(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadPlan, match=r"plan\.yaml") as refusal:
        _read(tmp_path, **changes)
    assert told in str(refusal.value)


@pytest.mark.parametrize("text", ["- a\n- b\n", "{", ""])
def test_a_file_that_is_no_plan_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(text)
    with pytest.raises(BadPlan, match=r"other\.yaml"):
        Plan.read(path)
    with pytest.raises(BadPlan, match=r"absent\.yaml"):
        Plan.read(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    "override", ["data.clips_per_class=3", "optimiser.epochs=9", "optimiser.batch=4"]
)
def test_variants_with_other_data_or_another_budget_are_no_comparison(
    tmp_path: Path, override: str
) -> None:
    # A budget for all comes before the variant, whose own would win.
    with pytest.raises(BadPlan, match=override.partition("=")[0]):
        _entries(tmp_path, variants={"plain": [], "more": [override]})


def test_two_variants_of_one_configuration_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="same configuration"):
        _entries(tmp_path, variants={"plain": [], "more": ["encoder.dropout=0.3"]})


def test_a_set_that_is_trained_on_is_not_reported_on(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="kard"):
        _entries(tmp_path, sets=["utdmhad", "kard"])


def test_an_encoder_may_come_from_a_file_of_differences(tmp_path: Path) -> None:
    text = "encoder: {segment_width: 16, channels: [8, 8], strides: [1, 2]}\n"
    (tmp_path / "slim.yaml").write_text(text + "data: {pseudo_novel: {kard: [drink]}}\n")
    slim = {"config": "slim.yaml", "overrides": ["encoder.segment_width=4"]}
    found = _entries(tmp_path, encoders={"slim": slim})
    assert all(entry.config.encoder.channels == (8, 8) for entry in found)
    assert all(entry.config.encoder.segment_width == 4 for entry in found)
    drink = {"kard": KeptOut(classes=("drink",))}
    assert all(entry.config.data.pseudo_novel == drink for entry in found)
    with pytest.raises(BadPlan, match=r"absent\.yaml"):
        _entries(tmp_path, encoders={"slim": {"config": "absent.yaml"}})


def test_such_a_file_may_have_a_base(tmp_path: Path) -> None:
    (tmp_path / "wide.yaml").write_text("encoder: {segment_width: 16, dropout: 0.1}\n")
    (tmp_path / "slim.yaml").write_text("base: wide.yaml\nencoder: {segment_width: 4}\n")
    found = _entries(tmp_path, encoders={"slim": {"config": "slim.yaml"}})
    assert {entry.config.encoder.segment_width for entry in found} == {4}
    (tmp_path / "wide.yaml").write_text("base: slim.yaml\n")
    with pytest.raises(BadPlan, match=r"slim\.yaml is a base of itself"):
        _entries(tmp_path, encoders={"slim": {"config": "slim.yaml"}})


def test_an_unknown_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"encoder\.colour"):
        _entries(tmp_path, variants={"plain": ["encoder.colour=red"]})


def test_the_plan_in_the_documentation_can_be_carried_out(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/ablation.md").read_text()
    (block,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    (tmp_path / "mine.yaml").write_text(block)
    (tmp_path / "another.yaml").write_text("encoder: {segment_width: 32}\n")
    found = entries(Plan.read(tmp_path / "mine.yaml"), None, ("loss.margin=0.1",), 20)
    assert len(found) == 3 * 3 * 2


def test_the_shipped_plan_compares_the_guidance_on_three_encoders() -> None:
    plan = Plan.read(SHIPPED)
    assert list(plan.variants) == ["plain", "global-to-local", "local-to-global", "both"]
    assert len(plan.seeds) >= 3
    taking_part = [encoder.variants or tuple(plan.variants) for encoder in plan.encoders.values()]
    assert [len(variants) for variants in taking_part] == [4, 2, 2]


def test_every_run_of_the_shipped_plan_has_a_configuration() -> None:
    assert len(entries(Plan.read(SHIPPED), None, (), None)) == 24
