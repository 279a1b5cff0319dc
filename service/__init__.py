"""The service: encode, store, match. Knows skeleton, onnxruntime and redis; never torch."""

import os

# onnxruntime reports its first event while it is imported: off before that, here.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
