"""The service: encode, store, match. Knows skeleton, onnxruntime and redis; never torch."""
