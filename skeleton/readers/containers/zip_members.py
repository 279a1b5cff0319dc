"""Zip members from untrusted bytes: sizes are checked before anything is decompressed (ours)."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from skeleton.errors import UnreadableClip

#: Bytes that all members read may have together. An hour at 30 frames a second has half of it.
LARGEST = 64 * 2**20
_ENTRY = b"PK\1\2"  # begins every entry of the directory
_MOST_ENTRIES = 1000
_ENCRYPTED = 1


class Members:
    """The members of a zip file that have a suffix, by name without it.

    Raises `UnreadableClip` for what is no zip file.
    """

    def __init__(self, data: bytes, suffix: str) -> None:
        if data.count(_ENTRY) > _MOST_ENTRIES:
            raise UnreadableClip(f"the zip file has more than {_MOST_ENTRIES} members")
        try:
            archive = ZipFile(BytesIO(data))
        except Exception as error:  # the zip reader lets those of struct and of codecs through
            raise UnreadableClip(f"not a readable zip file: {str(error)[:200]}") from error
        self._archive = archive
        self._left = LARGEST
        self._members: dict[str, ZipInfo] = {
            entry.filename.removesuffix(suffix): entry
            for entry in archive.infolist()
            if entry.filename.endswith(suffix)
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """Decompress one member. Raises `UnreadableClip`."""
        entry = self._members[name]
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableClip("it is encrypted")
        # The other methods' decompressors cannot be stopped at a size.
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise UnreadableClip("it is compressed in another way than NumPy's")
        self._left -= entry.file_size
        if self._left < 0:
            raise UnreadableClip(f"the file unpacks to more than {LARGEST >> 20} MiB")
        try:
            with self._archive.open(entry) as stream:
                # The stream stops at the directory's size, whatever the compressed data holds.
                return stream.read(entry.file_size)
        except Exception as error:  # those of the zip reader and of the decompressor
            raise UnreadableClip(f"it cannot be unpacked: {str(error)[:200]}") from error
