"""The paper's benchmarks: whole rows of its table trained, measured and set beside it."""
