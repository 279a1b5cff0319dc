"""The curves of robustness: what is degraded, how far, and what it costs (ours)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from skeleton import Archive, Clip, prepare_persons
from training.evaluation import degradations as degrade
from training.evaluation.encoders import Encoder, Outputs
from training.evaluation.gallery_scale import Similarity
from training.evaluation.metrics import Spread, accuracy, answers, paired_difference, spread
from training.evaluation.protocol import Episode

Degradation = Callable[[Clip, np.random.Generator], Clip]
Series = tuple[float, ...]

#: Which clips of an episode are degraded.
SIDES = ("query", "exemplar", "both")
#: A curve breaks where the mean paired loss exceeds this share.
BREAKS = 0.05


@dataclass(frozen=True)
class Level:
    """One degree of a degradation, under the name a reader knows it by. With `floor` time warping
    is measured at it too."""

    label: str
    apply: Degradation
    floor: bool = False


@dataclass(frozen=True)
class Curve:
    """A degradation in rising degrees."""

    name: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Point:
    """A level as it was measured, by `SIDES`: accuracy over episodes, and its paired difference
    from clean. `warned` is the share of the degraded clips with each warning, `series` the accuracy
    of every episode with degraded queries."""

    label: str
    accuracy: Mapping[str, Spread]
    difference: Mapping[str, Spread]
    warned: Mapping[str, float]
    series: Series


@dataclass(frozen=True)
class MeasuredCurve:
    """The points of a curve."""

    name: str
    points: tuple[Point, ...]

    def breaks_at(self, side: str) -> str | None:
        """The first level that costs more than `BREAKS`; None where no level does."""
        losing = (p.label for p in self.points if p.difference[side].mean < -BREAKS)
        return next(losing, None)


def curves() -> tuple[Curve, ...]:
    """Return all curves."""

    def curve(name: str, *levels: Level) -> Curve:
        return Curve(name, levels)

    def by(
        values: Sequence[float],
        label: Callable[[float], str],
        how: Callable[[Clip, float], Clip],
        floor: Sequence[float] = (),
    ) -> tuple[Level, ...]:
        return tuple(_level(label(v), how, v, v in floor) for v in values)

    def drawn(
        values: Sequence[float],
        label: Callable[[float], str],
        how: Callable[[Clip, float, np.random.Generator], Clip],
        floor: Sequence[float] = (),
    ) -> tuple[Level, ...]:
        return tuple(_drawn(label(v), how, v, v in floor) for v in values)

    fifths, tenths = (0.1, 0.2, 0.3, 0.4, 0.5), (0.1, 0.2, 0.3, 0.4)
    return (
        curve("frame rate up", *by((60,), _fps, degrade.at_rate)),
        curve("frame rate", *by((15, 10, 7.5, 5), _fps, degrade.at_rate, (5,))),
        curve(
            "joints never seen",
            *drawn(fifths, _percent, degrade.without_joints, (0.1, 0.3, 0.5)),
        ),
        curve("gaps in time", *drawn(fifths, _percent, degrade.with_gaps, (0.1, 0.3, 0.5))),
        curve("yaw of the camera", *by((15, 30, 45, 60, 75, 90), _degrees, degrade.yawed, (90,))),
        curve(
            "yaw, what the body hides is unseen",
            *by((0, 15, 30, 45, 60, 75, 90), _degrees, degrade.seen_from, (0, 45, 90)),
        ),
        curve("pitch of the camera", *by((10, 20, 30, 40), _degrees, degrade.pitched, (20, 40))),
        curve("smaller body", *by((0.75, 0.5), _times, degrade.scaled)),
        curve("larger body", *by((1.5, 2), _times, degrade.scaled)),
        curve("shorter limbs", *by((0.9, 0.8), _times, degrade.with_limbs)),
        curve("longer limbs", *by((1.1, 1.2), _times, degrade.with_limbs)),
        curve(
            "noise",
            *drawn((0.005, 0.01, 0.02, 0.03, 0.05), _cm, degrade.noisy, (0.01, 0.03, 0.05)),
        ),
        curve("beginning cut off", *by(tenths, _percent, degrade.without_beginning, (0.2, 0.4))),
        curve("end cut off", *by(tenths, _percent, degrade.without_end, (0.2, 0.4))),
        curve(
            "standing still around it",
            *by((0.25, 0.5, 1, 2), _percent, degrade.with_waiting, (0.5, 2)),
        ),
        curve("slower", *by((0.75, 0.5), _times, degrade.faster)),
        curve("faster", *by((1.5, 2), _times, degrade.faster)),
        curve("frame rate misstated", *by((0.5, 2), _times, degrade.misstated_fps)),
        curve("in millimetres", *by((1000,), _times, degrade.scaled)),
    )


def shortened(all_curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """Keep the last level of every curve alone, and without the floor: to try a run out."""
    return tuple(Curve(one.name, (replace(one.levels[-1], floor=False),)) for one in all_curves)


def measure_curve(
    curve: Curve,
    archive: Archive,
    drawn: Sequence[Episode],
    encoder: Encoder,
    clean: Outputs,
    *,
    seed: int,
    tick: Callable[[], object],
) -> MeasuredCurve:
    """Measure every level of a curve on the given episodes.

    `clean` are the outputs for the clips of the archive as they are; `tick` is called after each
    level. The draw for a clip depends on `seed` and the clip alone, so a level adds to the last.
    """

    def right(queries: Outputs, exemplars: Outputs) -> Series:
        return accuracies(encoder.scores(queries, exemplars), archive, drawn)

    before = right(clean, clean)
    points = []
    for level in curve.levels:
        prepared = [
            prepare_persons(clip, encoder.layout, encoder.frames, encoder.persons)
            for clip in degraded(level, archive, seed)
        ]
        outputs = encoder.encode_prepared(prepared)
        after = {
            "query": right(outputs, clean),
            "exemplar": right(clean, outputs),
            "both": right(outputs, outputs),
        }
        codes = Counter(w.partition(":")[0] for one in prepared for w in one.quality.warnings)
        points.append(
            Point(
                level.label,
                {side: spread(series) for side, series in after.items()},
                {side: paired_difference(series, before) for side, series in after.items()},
                {code: count / len(archive) for code, count in sorted(codes.items())},
                after["query"],
            )
        )
        tick()
    return MeasuredCurve(curve.name, tuple(points))


def degraded(level: Level, archive: Archive, seed: int) -> Iterator[Clip]:
    """Yield the clips of an archive at a level, each with a draw of its own."""
    return (
        level.apply(clip, np.random.default_rng([seed, number]))
        for number, clip in enumerate(archive)
    )


def accuracies(similarity: Similarity, archive: Archive, drawn: Sequence[Episode]) -> Series:
    """Accuracy of every episode by a similarity of queries (rows) and exemplars (columns)."""
    return tuple(accuracy(answers(similarity, archive.labels, e, half=False)) for e in drawn)


def _level(label: str, how: Callable[[Clip, float], Clip], value: float, floor: bool) -> Level:
    return Level(label, lambda clip, chance: how(clip, value), floor)


def _drawn(
    label: str,
    how: Callable[[Clip, float, np.random.Generator], Clip],
    value: float,
    floor: bool,
) -> Level:
    return Level(label, lambda clip, chance: how(clip, value, chance), floor)


def _fps(value: float) -> str:
    return f"{value:g} fps"


def _percent(value: float) -> str:
    return f"{100 * value:g} %"


def _degrees(value: float) -> str:
    return f"{value:g}°"


def _times(value: float) -> str:
    return f"{value:g} times"


def _cm(value: float) -> str:
    return f"{100 * value:g} cm"
