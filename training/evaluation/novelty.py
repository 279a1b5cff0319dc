"""Which classes of a set are truly novel: their action does not occur in training (ours)."""

from collections.abc import Iterable, Mapping

from training.canonical_actions import canonical_actions
from training.data_folder import VARIABLE, DataMissing, data_folder

_MIRRORED = " (mirrored)"
_Canonical = Mapping[tuple[str, str], str]


class UnknownClass(ValueError):
    """A training class that names no data set."""


def truly_novel(
    dataset: str, label_names: Iterable[str], trained: Iterable[str]
) -> tuple[str, ...] | None:
    """Return `novel_classes` by the canonical actions that lie beside the data sets.

    Raises `DataMissing` where they do not, and `UnknownClass`.
    """
    groups = canonical_actions()
    if not groups:
        raise DataMissing(
            f"class_groups.csv is not in {data_folder()}, or lists nothing: set {VARIABLE} to its "
            "folder"
        )
    return novel_classes(dataset, label_names, trained, groups)


def trained_classes(
    dataset: str, label_names: Iterable[str], trained: Iterable[str]
) -> tuple[str, ...]:
    """Return the classes of a set that are training classes themselves, by name, its family's
    included; `trained` as `novel_classes` takes them."""
    names = (name.removesuffix(_MIRRORED).partition("/") for name in trained)
    known = {label for origin, _, label in names if _is_of(dataset, origin)}
    return tuple(name for name in label_names if name in known)


def _is_of(dataset: str, family: str) -> bool:
    """Whether a set is of this name or of this family: `uiprmd_kinect` is of `uiprmd`."""
    return f"{dataset}_".startswith(f"{family}_")


def novel_classes(
    dataset: str, label_names: Iterable[str], trained: Iterable[str], canonical: _Canonical
) -> tuple[str, ...] | None:
    """Return the classes of a set whose action no training class shows; None where nothing is
    known of the actions of this set, or of one that was trained on.

    `trained` are names as a model carries them, `set/label`; `canonical` gives the action of
    (data set, label), and nothing for a class that shares its action with none. A training set may
    be named by its family: `uiprmd` for `uiprmd_kinect` and `uiprmd_vicon`. A mirrored class shows
    the action of its original. Raises `UnknownClass`.
    """
    sets = {listed for listed, _ in canonical}
    known = dataset in sets
    seen: set[str] = set()
    identical: set[str] = set()
    for name in trained:
        origin, slash, label_name = name.removesuffix(_MIRRORED).partition("/")
        if not slash:
            raise UnknownClass(f"the training class {name!r} is not of the form set/label")
        family = {listed for listed in sets if _is_of(listed, origin)}
        known = known and bool(family)
        seen.update(canonical[one, label_name] for one in family if (one, label_name) in canonical)
        if origin == dataset:
            identical.add(label_name)
    if not known:
        return None
    return tuple(
        name
        for name in label_names
        if name not in identical and canonical.get((dataset, name)) not in seen
    )
