"""Bones: the skeletons of motion capture, what their names mean, and where they are when posed."""
