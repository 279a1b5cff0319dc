"""An original clip of utdmhad, and the ways in which it can be sent."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from skeleton.readers import read_path
from skeleton.writers import write_json, write_npy, write_npz
from tests.service.bodies import clip, npy
from tests.service.caller import JSON, NPY
from tests.service.file_bodies import OCTETS
from training.data_folder import data_folder

ORIGINALS = data_folder() / "originals"
UTD_MHAD = ORIGINALS / "utdmhad_a1_s1_t1_skeleton.mat"

#: A body, its headers and its query.
Sent = tuple[bytes, dict[str, str], dict[str, str]]


def ways_to_send(path: Path) -> dict[str, Sent]:
    """The clip of a file as it is and in every form that a body of `/recognize` can have, among
    them with its joints in another order under their names."""
    read = read_path(path)
    names = np.array(read.layout.joints)
    order = np.random.default_rng(0).permutation(len(names))
    described = {"layout": ",".join(names), "fps": "30"}
    shuffled = {"layout": ",".join(names[order]), "fps": "30"}
    lists = clip(read.joints[:, 0, order].tolist(), layout=names[order].tolist())
    return {
        "mat": (path.read_bytes(), OCTETS, {"format": "mat"}),
        "JSON": (write_json(read), JSON, {}),
        "npy": (write_npy(read), NPY, described),
        "npz": (write_npz(read), OCTETS, {"format": "npz"}),
        "npy, shuffled": (npy(read.joints[:, :, order]), NPY, shuffled),
        "JSON, shuffled": (lists.replace(b'{"action": "x", ', b"{"), JSON, {}),
    }
