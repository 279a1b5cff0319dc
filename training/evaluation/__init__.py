"""Evaluation: the one-shot protocol, the floor without learning, and a paired comparison."""
