"""Bodies: who was seen in which frame, how large they are, and how fast the frames follow."""
