"""Containers: what a format's values stand in (text, rows of numbers, JSON, CSV, zip, MATLAB)."""
