"""Checkpoints: everything to resume a run from, and to export a model from."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from skeleton.whole_file import whole_file
from training.config import Config, config_from
from training.encoder import Embedder, Encoder, SkeletonBranch, Spectrum
from training.errors import BadCheckpoint

FORMAT = 3


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained skeleton branch and where it comes from.

    `classes` are the base classes as `set/label`; `state` are the averaged weights of the
    embedder; `cohort` `(C, D)` as in `SkeletonBranch`.
    """

    config: Config
    classes: tuple[str, ...]
    state: dict[str, Tensor]
    cohort: Tensor
    epoch: int
    commit: str

    def branch(self) -> SkeletonBranch:
        """Build the branch in evaluation mode."""
        config = self.config
        encoder, weight = Encoder(config.encoder, config.importance), config.spectrum.weight
        embedder = Embedder(encoder, Spectrum(config.spectrum, config.encoder), weight)
        embedder.load_state_dict(self.state)
        return SkeletonBranch(embedder, self.cohort, self.config.cohort.nearest).eval()


def save(path: Path, trained: Trained, resume: dict[str, Any] | None = None) -> None:
    """Write atomically: a kill leaves the previous file or the new one."""
    parts = {name: getattr(trained, name) for name in Trained.__dataclass_fields__}
    parts["config"] = trained.config.model_dump(mode="json", by_alias=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        torch.save({"format": FORMAT, "trained": parts, "resume": resume}, file)


def load(path: Path) -> tuple[Trained, dict[str, Any] | None]:
    """Read a checkpoint on the CPU, and what a run needs to go on. Raises `BadCheckpoint`."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content["format"] != FORMAT:
            raise BadCheckpoint(f"{path} has checkpoint format {content['format']}, not {FORMAT}")
        parts = dict(content["trained"])
        parts["config"] = config_from(parts["config"])
        parts["classes"] = tuple(parts["classes"])
        return Trained(**parts), content["resume"]
    except BadCheckpoint:
        raise
    except FileNotFoundError as error:
        raise BadCheckpoint(f"{path} does not exist") from error
    except OSError as error:
        raise BadCheckpoint(f"{path} cannot be read: {error.strerror or error}") from error
    except pickle.UnpicklingError as error:  # whose text is torch's advice to its own users
        raise BadCheckpoint(f"{path} is not a checkpoint of this project") from error
    except Exception as error:
        raise BadCheckpoint(f"{path} is not a checkpoint of this project: {error!r}") from error
