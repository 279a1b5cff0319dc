"""The archive file: written member by member, never whole in memory (format: README, "Data")."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from skeleton.whole_file import remove_unfinished, whole_file

_CHUNK = 1 << 24  # bytes
_QUICK = 1  # of zlib's levels; the joints are noise to any


def write_archive(
    target: Path, raw: Path, shape: tuple[int, ...], arrays: Mapping[str, NDArray[Any]]
) -> None:
    """Write `joints` int16 of this shape from the bytes in `raw`, and the other arrays, as `.npz`.

    Whole or not at all: a kill leaves the earlier file.
    """
    remove_unfinished(target.parent, target.name)  # as large as the archive
    with (
        whole_file(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as members,
    ):
        with members.open("joints.npy", "w", force_zip64=True) as member, raw.open("rb") as rows:
            header = {"descr": "<i2", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(member, header)
            size = raw.stat().st_size
            with tqdm(total=size, desc="writing", unit="B", unit_scale=True) as bar:
                while chunk := rows.read(_CHUNK):
                    member.write(chunk)
                    bar.update(len(chunk))
        for name, array in arrays.items():
            with members.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
