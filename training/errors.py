"""What the commands of the training refuse, beside what their own packages do."""


class BadCheckpoint(ValueError):
    """A file that is no checkpoint of this project, or none that can be read."""
