"""Importing: a folder of a published data set's files becomes one uniform archive (ours)."""
