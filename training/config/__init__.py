"""Configuration: one complete YAML, experiments are differences to it."""

from training.config.reading import (
    DEFAULT,
    BadConfig,
    config_from,
    differences_of,
    load_config,
)
from training.config.sections import (
    AugmentationConfig,
    CompletionConfig,
    Config,
    CrossModalConfig,
    DataConfig,
    EncoderConfig,
    Family,
    GuidanceConfig,
    ImportanceConfig,
    KeptOut,
    LearnedViewConfig,
    LossConfig,
    MovingPartConfig,
    SetConfig,
    SpectrumConfig,
)

__all__ = [
    "DEFAULT",
    "AugmentationConfig",
    "BadConfig",
    "CompletionConfig",
    "Config",
    "CrossModalConfig",
    "DataConfig",
    "EncoderConfig",
    "Family",
    "GuidanceConfig",
    "ImportanceConfig",
    "KeptOut",
    "LearnedViewConfig",
    "LossConfig",
    "MovingPartConfig",
    "SetConfig",
    "SpectrumConfig",
    "config_from",
    "differences_of",
    "load_config",
]
