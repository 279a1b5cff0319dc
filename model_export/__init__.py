"""From a checkpoint to the one file that is served (contract 2)."""

import os

# onnxruntime reports its first event while it is imported: off before that, here.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
