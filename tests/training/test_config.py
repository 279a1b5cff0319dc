import re
from pathlib import Path

import pytest

from training.config import DEFAULT, BadConfig, Config, KeptOut, config_from, load_config
from training.encoder import Encoder, Spectrum

CONFIGS = DEFAULT.parent


def test_a_difference_changes_its_fields_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text("encoder: {dropout: 0.1}\noptimiser: {epochs: 3}\n")
    default, changed = load_config(), load_config(file, ("optimiser.batch=32",))
    assert changed.encoder.dropout == 0.1
    assert (changed.optimiser.epochs, changed.optimiser.batch) == (3, 32)
    assert changed.augmentation == default.augmentation
    assert changed.optimiser.learning_rate == default.optimiser.learning_rate


@pytest.mark.parametrize(
    "name", sorted(p.stem for p in CONFIGS.glob("*.yaml") if not p.stem.startswith("ablation"))
)
def test_every_shipped_configuration_makes_a_model(name: str) -> None:
    config = load_config(CONFIGS / f"{name}.yaml")
    assert Encoder(config.encoder, config.importance).width > 0
    assert Spectrum(config.spectrum, config.encoder).width > 0


def test_pseudo_novel_classes_are_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("data: {pseudo_novel: {kard: [drink]}}\n")
    assert load_config(file).data.pseudo_novel == {"kard": KeptOut(classes=("drink",))}
    file.write_text("data: {pseudo_novel: {kard: {classes: [drink], people: ['8']}}}\n")
    kept_out = KeptOut(classes=("drink",), people=("8",))
    assert load_config(file).data.pseudo_novel == {"kard": kept_out}


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("encoder.dropuot=0.2", "encoder.dropuot"),
        ("encoder.dropout=1.5", "encoder.dropout"),
        ("encoder.dropout", "section.field=value"),
        ("encoder.dropout=[", "encoder.dropout=["),
        ("optimiser.epochs=many", "optimiser.epochs"),
        ("encoder.strides=[1, 2]", "channels and strides"),
        ("encoder.segments=3", "cannot make 3 parts"),
        ("encoder.layout=foo", "unknown layout"),
        ("base=mine.yaml", "a base is named in a file of differences"),
    ],
)
def test_a_wrong_field_is_named(override: str, named: str) -> None:
    with pytest.raises(BadConfig, match=re.escape(named)):
        load_config(None, (override,))


def test_the_default_names_every_field() -> None:
    tree = load_config().model_dump(mode="json", by_alias=True)
    del tree["loss"]["margin"]
    with pytest.raises(BadConfig, match=r"loss\.margin"):
        config_from(tree)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"absent\.yaml"):
        load_config(tmp_path / "absent.yaml")
    (tmp_path / "latin1.yaml").write_bytes("# größer\nseed: 1\n".encode("latin-1"))
    with pytest.raises(BadConfig, match=r"latin1\.yaml"):
        load_config(tmp_path / "latin1.yaml")


def test_a_difference_may_be_one_to_another_difference(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text("encoder: {dropout: 0.1}\noptimiser: {epochs: 3}\n")
    (tmp_path / "further").mkdir()
    second = tmp_path / "further" / "second.yaml"
    second.write_text("base: ../first.yaml\noptimiser: {epochs: 4, batch: 32}\n")
    changed = load_config(second, ("optimiser.batch=16",))
    assert changed == load_config(
        None, ("encoder.dropout=0.1", "optimiser.epochs=4", "optimiser.batch=16")
    )


def test_a_files_texts_go_by_its_own_folder_and_an_overrides_by_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "shared", "shared/mine"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    base = tmp_path / "shared" / "base.yaml"
    base.write_text("guidance: {embeddings: [shipped, base.npz, /srv/all.npz]}\n")
    mine = base.with_name("mine") / "mine.yaml"
    mine.write_text("base: ../base.yaml\nguidance: {descriptions: [shipped, ./mine.yaml]}\n")
    for file in (mine, Path("../shared/mine/mine.yaml")):
        guidance = load_config(file).guidance
        assert guidance is not None
        assert guidance.descriptions == ("shipped", "../shared/mine/mine.yaml")
        assert guidance.embeddings == ("shipped", "../shared/base.npz", "/srv/all.npz")
    guidance = load_config(mine, ("guidance.descriptions=[./given.yaml]",)).guidance
    assert guidance is not None
    assert guidance.descriptions == ("given.yaml",)


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("absent.yaml", "mine.yaml: base .*absent.yaml is no file"),
        ("mine.yaml", "mine.yaml is a base of itself"),
        ("other.yaml", "mine.yaml is a base of itself"),
        ("[one.yaml]", "mine.yaml: base must name a file, not .'one.yaml'."),
    ],
)
def test_a_base_that_cannot_be_is_named(base: str, why: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"base: {base}\n")
    (tmp_path / "other.yaml").write_text("base: mine.yaml\n")
    with pytest.raises(BadConfig, match=why):
        load_config(mine)


@pytest.mark.parametrize(
    "name",
    [
        "clear_terms",
        "clear_terms_sets_apart",
        "clear_terms_classes_apart",
        "clear_terms_uncompleted",
        "clear_terms_five_views",
    ],
)
def test_the_configuration_of_clear_terms_takes_those_sets_alone(name: str) -> None:
    data = load_config(CONFIGS / f"{name}.yaml").data
    clear = {"uiprmd_kinect", "uiprmd_vicon", "precog16", "hdm05_11",
             "cmu_part", "cmu_txt", "cmu_dance"}  # fmt: skip
    assert {entry.archive for entry in data.sets} == clear
    assert set(data.pseudo_novel) <= {entry.name for entry in data.sets}


COMPLETING = (
    "default", "clear_terms", "clear_terms_sets_apart", "clear_terms_classes_apart",
)  # fmt: skip
FORMER = (
    "uncompleted", "angles_and_turning", "five_views", "sets_apart", "classes_apart",
    "people_apart", "apart", "clear_terms_uncompleted", "clear_terms_five_views",
)  # fmt: skip


@pytest.mark.parametrize("name", [*COMPLETING, *FORMER])
def test_joints_are_completed_by_todays_configurations_and_by_no_former_one(name: str) -> None:
    completion = load_config(CONFIGS / f"{name}.yaml").spectrum.completion
    assert (completion is not None) == (name in COMPLETING)


def test_a_configuration_from_before_relatives_could_be_left_out_trained_on_them() -> None:
    tree = load_config().model_dump()
    del tree["data"]["relatives"]
    assert Config.model_validate(tree).data.relatives


def test_a_configuration_from_before_there_was_a_choice_of_named_joints_is_the_default() -> None:
    tree = load_config().model_dump()
    del tree["guidance"]["importance"]["named"]
    assert Config.model_validate(tree) == load_config()
