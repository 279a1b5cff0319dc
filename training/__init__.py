"""Data sets, encoders, losses and evaluation. Knows skeleton and torch; never the service."""
