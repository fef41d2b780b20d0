"""Hashes of files that Rasa does not know of, so that a change in them is never taken for no change."""

import hashlib
from pathlib import Path
from typing import Iterable, Union


def hash_of(files: Iterable[Union[str, Path]]) -> str:
    """SHA-256 over names and contents of `files`, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        path = Path(file)
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
