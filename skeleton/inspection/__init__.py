"""What is told about a recording: how far it got, what was understood, how the body stands."""

from skeleton.inspection.report import Inspection, inspect

__all__ = ["Inspection", "inspect"]
