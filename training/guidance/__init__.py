"""Guidance by words in training: what the two descriptions of a class teach the encoder."""
