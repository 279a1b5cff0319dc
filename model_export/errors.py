"""Why a model file is not written. Every message says what to do or what was found."""


class ExportRefused(ValueError):
    """Base of everything that keeps a model file from being written."""


class BadGraph(ExportRefused):
    """A graph that breaks the rules of the model file."""


class ParityFailed(ExportRefused):
    """The exported graph computes something else than the trained branch."""


class SelfTestFailed(ExportRefused):
    """A file that does not give the answer it carries."""


class CalibrationImpossible(ExportRefused):
    """No data, or none that says anything, to turn scores into probabilities."""
