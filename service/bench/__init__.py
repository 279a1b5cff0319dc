"""`oneshot bench`: measure the session, the server around it, and its start."""

from service.bench.command import Measurement, run

__all__ = ["Measurement", "run"]
