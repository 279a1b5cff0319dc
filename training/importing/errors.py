"""What can be wrong with an import. Every message says what to do."""


class ImportRefused(ValueError):
    """A folder that cannot be imported, or an archive that would be overwritten."""


class Dropped(Exception):
    """A file that gives no clip: `reason` is one of `REASONS`, `why` its own words."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(reason, why)
        self.reason = reason
        self.why = why


#: Why a file may give no clip, and what that means.
REASONS = {
    "empty": "nobody was seen in them",
    "unreadable": "they cannot be read as their format",
    "unusable": "they can be read, but are no clip",
    "misnamed": "their name does not say what they are",
    "unlabelled": "nothing says of which class they are",
    "twice": "a file of that name came before",
}
