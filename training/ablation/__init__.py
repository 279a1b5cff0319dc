"""Ablation: variants, encoders and seeds, trained alike and measured on the same episodes."""
