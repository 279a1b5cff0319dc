"""The sections of a configuration: their fields, and what fits together."""

import math
from os.path import normpath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from skeleton import resolve_layout

#: How an encoder's blocks are made; `training.encoder.blocks` has them by these names.
Family = Literal[
    "compact", "stgcn_pp", "dg_stgcn", "ctr_gcn", "infogcn", "hd_gcn", "transformer"
]  # fmt: skip
#: What the body frame needs of a layout.
_INDISPENSABLE = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SetConfig(_Section):
    archive: str
    classes_as: str | None = Field(default=None, alias="as")
    cut_seconds: float | None = Field(default=None, gt=0)
    only: str | tuple[str, ...] | None = None  # classes, or a list of a split: ntu120/base_20

    @property
    def name(self) -> str:
        return self.classes_as or self.archive

    def parts(self, frames: int, fps: float) -> int:
        """Into how many equal parts of about `cut_seconds` a clip is cut."""
        return 1 if self.cut_seconds is None else max(round(frames / (self.cut_seconds * fps)), 1)


class KeptOut(_Section):
    """What training never sees of a set: `classes` and, where it names some, `people`. A bare list
    is one of classes."""

    classes: tuple[str, ...]
    people: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_a_list(cls, given: Any) -> Any:
        return {"classes": given} if isinstance(given, list | tuple) else given


class DataConfig(_Section):
    sets: tuple[SetConfig, ...]
    pseudo_novel: dict[str, KeptOut]
    #: Whether base classes of the same action as one kept out are trained on. Not in checkpoints
    #: from before there was a choice: those trained on them.
    relatives: bool = True
    clips_per_class: int = Field(gt=0)
    fewest_clips: int = Field(gt=0)
    stored_frames: int = Field(gt=1)


class MovingPartConfig(_Section):
    frames: int = Field(gt=3)  # of the whole clip, which go in
    share: float = Field(gt=0, lt=0.5)
    floor: float = Field(ge=0, lt=1)
    margin: float = Field(ge=0)
    reach: int = Field(gt=0)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.reach >= self.frames:
            raise ValueError(f"reach {self.reach} must be less than the {self.frames} frames")
        return self


class EncoderConfig(_Section):
    # Not in the checkpoints from before there were others.
    family: Family = "compact"
    layout: str
    frames: int = Field(gt=3)  # that the blocks see
    # Nor was this in the earlier ones.
    moving_part: MovingPartConfig | None = None
    persons: int = Field(ge=1, le=2)
    channels: tuple[int, ...]
    strides: tuple[int, ...]
    subsets: int = Field(gt=0)
    segments: int = Field(gt=0)
    segment_width: int = Field(gt=0)
    dropout: float = Field(ge=0, lt=1)

    @property
    def input_frames(self) -> int:
        """T of the arrays that go in: `frames`, unless these are taken from the moving part."""
        return self.frames if self.moving_part is None else self.moving_part.frames

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        layout = resolve_layout(self.layout)
        missing = [joint for joint in _INDISPENSABLE if joint not in layout.index]
        if missing:
            raise ValueError(
                f"layout {layout.name} has no {', '.join(missing)}, and the body frame needs them"
            )
        if not self.channels or len(self.channels) != len(self.strides):
            raise ValueError("channels and strides must name the same blocks, one or more")
        frames = self.frames
        for stride in self.strides:
            frames = -(-frames // stride)
        if frames % self.segments:
            raise ValueError(f"{frames} frames after the blocks cannot make {self.segments} parts")
        return self


class AugmentationConfig(_Section):
    mirror: float = Field(ge=0, le=1)
    one_sided: float = Field(ge=0)
    cut: float = Field(ge=0, lt=0.5)
    warp: float = Field(ge=0)
    slow_frames: float = Field(ge=0, le=1)
    yaw: float = Field(ge=0)
    tilt: float = Field(ge=0)
    proportions: float = Field(ge=0)
    hand_for_wrist: float = Field(ge=0, le=1)
    bias: float = Field(ge=0)
    noise: float = Field(ge=0)
    unseen: float = Field(ge=0, le=1)
    # Not in the checkpoints from before.
    missing: float = Field(default=0.0, ge=0, le=1)

    @property
    def sided(self) -> float:
        """The |log ratio| from which the mirror image of a class is a class of its own; where
        nothing is mirrored none is."""
        return self.one_sided if self.mirror else math.inf


class LossConfig(_Section):
    scale: float = Field(gt=0)
    margin: float = Field(ge=0, lt=1)
    label_smoothing: float = Field(ge=0, lt=1)
    # Not in the checkpoints from before.
    within: float = Field(default=0.0, ge=0, le=1)


class OptimiserConfig(_Section):
    epochs: int = Field(gt=0)
    batch: int = Field(gt=1)
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    warm_up: float = Field(gt=0, lt=1)
    average: float = Field(ge=0, lt=1)


class LearnedViewConfig(_Section):
    share: float = Field(ge=0, lt=1)
    hidden: int = Field(gt=0)
    width: int = Field(gt=0)
    dropout: float = Field(ge=0, lt=1)
    input_dropout: float = Field(ge=0, lt=1)
    copies: int = Field(gt=0)
    # Of a checkpoint from before there was any.
    mixed: bool = False


_Levels = Annotated[tuple[Annotated[float, Field(ge=0, le=1)], ...], Field(min_length=1)]


class QuantilesConfig(_Section):
    position: _Levels
    velocity: _Levels
    distance: _Levels
    between: tuple[str, ...] = Field(min_length=2)
    # A checkpoint from before there was any has none.
    angle: _Levels | None = None


class CompletionConfig(_Section):
    hidden: int = Field(gt=0)
    trust: float = Field(ge=0, le=1)


class SpectrumConfig(_Section):
    frequencies: int = Field(ge=0)
    windows: int = Field(gt=0)
    window_frequencies: int = Field(gt=0)
    crossed: tuple[str, ...] = Field(min_length=2)
    crossed_frequencies: int = Field(gt=0)
    # A checkpoint from before there were these has none.
    quantiles: QuantilesConfig | None = None
    turning: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    width: int = Field(gt=0)
    ridge: float = Field(gt=0)
    copies: int = Field(ge=0)
    weight: float = Field(ge=0)
    learned: LearnedViewConfig
    # A checkpoint from before there was any has none.
    completion: CompletionConfig | None = None


class CohortConfig(_Section):
    nearest: int = Field(gt=1)


class GalleryConfig(_Section):
    """How a model file measures scores against what is enrolled; training does not depend on it."""

    centre: float | None = Field(default=None, ge=1, allow_inf_nan=False)
    worth: float = Field(default=1.5, gt=0, allow_inf_nan=False)
    spread_worth: float = Field(default=8.0, gt=0, allow_inf_nan=False)


class ImportanceConfig(_Section):
    weight: float = Field(ge=0)
    loss: Literal["mse", "sum", "kl"]
    # A checkpoint from before there was a choice has none.
    named: Literal["moving", "all"] = "moving"
    after: int | None = Field(ge=1)
    width: int = Field(gt=0)
    factor: Literal["full", "half"]


class CrossModalConfig(_Section):
    weight: float = Field(ge=0)
    width: int = Field(gt=0)
    blocks: int = Field(gt=0)
    heads: int = Field(gt=0)
    other_text: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} cannot be shared by {self.heads} heads")
        return self


# One file is one path, however it is written: configurations are compared.
_Files = Annotated[tuple[Annotated[str, AfterValidator(normpath)], ...], Field(min_length=1)]


class GuidanceConfig(_Section):
    descriptions: _Files
    embeddings: _Files
    importance: ImportanceConfig
    cross_modal: CrossModalConfig


class Config(_Section):
    seed: int
    data: DataConfig
    encoder: EncoderConfig
    augmentation: AugmentationConfig
    loss: LossConfig
    optimiser: OptimiserConfig
    spectrum: SpectrumConfig
    cohort: CohortConfig
    # A checkpoint from before there was any has the default's.
    gallery: GalleryConfig = GalleryConfig()
    # A checkpoint from before there was any has none.
    guidance: GuidanceConfig | None = None

    @property
    def importance(self) -> ImportanceConfig | None:
        """Joint importance, where it is switched on."""
        return (
            self.guidance.importance if self.guidance and self.guidance.importance.weight else None
        )

    @property
    def cross_modal(self) -> CrossModalConfig | None:
        """The cross-modal branch, where it is switched on."""
        guidance = self.guidance
        return guidance.cross_modal if guidance and guidance.cross_modal.weight else None

    @model_validator(mode="after")
    def _importance_has_blocks_to_weigh(self) -> Self:
        blocks = len(self.encoder.channels)
        if self.importance and (self.importance.after or 1) >= blocks:
            raise ValueError(
                f"guidance.importance.after must leave a block behind it, of encoder.channels' "
                f"{blocks}; guidance.importance.weight=0 goes without"
            )
        return self

    @model_validator(mode="after")
    def _joints_of_the_spectrum_are_there(self) -> Self:
        layout = resolve_layout(self.encoder.layout)
        asked = {"spectrum.crossed": self.spectrum.crossed}
        if self.spectrum.quantiles is not None:
            asked["spectrum.quantiles.between"] = self.spectrum.quantiles.between
            # Without one both hips carry the path, and no distance to them is one.
            asked["spectrum.quantiles"] = ("pelvis",)
        if self.spectrum.turning is not None:
            asked["spectrum.turning"] = self.spectrum.turning
        for field, joints in asked.items():
            missing = [joint for joint in joints if joint not in layout.index]
            if missing:
                raise ValueError(
                    f"{field}: layout {layout.name} has no {', '.join(missing)}; "
                    f"it has {', '.join(layout.joints)}"
                )
        return self

    @model_validator(mode="after")
    def _mixed_clips_are_of_one_person(self) -> Self:
        learned = self.spectrum.learned
        taught = self.spectrum.weight and learned.share
        if taught and learned.mixed and self.encoder.persons > 1:
            raise ValueError(
                "spectrum.learned.mixed is for clips of one person; with encoder.persons="
                f"{self.encoder.persons} set it to false"
            )
        return self
