"""The file: a compressed tar, encrypted with age where a key is set (https://age-encryption.org/v1).

Both are common formats, so that a backup can be opened without this software:
`age --decrypt --identity KEYFILE clinic-….tar.gz.age | tar -xz`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage

from clinic.backup.errors import BackupError

MANIFEST = "manifest.json"
FORMAT = 1
BLOCK = 1 << 20
ENCRYPTED = ".age"
Say = Callable[[str], None]


@dataclass
class Manifest:
    """What is in the file. `tables` counts the rows of the database, `files` has their SHA-256.

    `migrations` are those that the database had, such as `bookings.0001_initial`.
    """

    vendor: str
    made_at: str
    tables: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT
    migrations: list[str] = field(default_factory=list)


class Hashing:
    """A file that knows the SHA-256 of what was read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.sha256.update(data)
        return data


def identity(key: str) -> Any:
    """The age identity of BACKUP_KEY. Raises `BackupError`."""
    try:
        return pyrage.x25519.Identity.from_str(key)
    except pyrage.IdentityError as error:
        hint = "BACKUP_KEY is no age key. Make one with:  manage.py backup --new-key"
        raise BackupError(hint) from error


def new_key() -> str:
    return str(pyrage.x25519.Identity.generate())


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every ordinary file, with its path from the folder; none where there is no folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path


def pack(to: Path, manifest: Manifest, trees: dict[str, Path], *, say: Say) -> None:
    """Write each tree below its name, and the manifest last: a file that broke off has none."""
    with tarfile.open(to, "w:gz", compresslevel=3) as tar:
        for name, folder in trees.items():
            for path, file in files_below(folder):
                _add(tar, f"{name}/{path}", file, manifest)
                if len(manifest.files) % 500 == 0:
                    say(f"  {len(manifest.files)} files…")
        text = json.dumps(asdict(manifest)).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))


def _add(tar: tarfile.TarFile, name: str, path: Path, manifest: Manifest) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # deleted since the folder was listed
    with file:
        info = tarfile.TarInfo(name)
        info.size, info.mtime = os.fstat(file.fileno()).st_size, int(path.stat().st_mtime)
        reader = Hashing(file)
        tar.addfile(info, reader)  # type: ignore[arg-type]  # it only reads
        manifest.files[name] = reader.sha256.hexdigest()


def encrypt(source: Path, to: Path, key: str) -> None:
    with source.open("rb") as plain, to.open("wb") as secret:
        pyrage.encrypt_io(plain, secret, [identity(key).to_public()])


def unpack(archive: Path, to: Path, *, key: str) -> Manifest:
    """Open the file into a folder and compare every byte with the manifest. Raises `BackupError`."""
    plain = archive
    if archive.suffix == ENCRYPTED:
        plain = to / "archive.tar.gz"
        _decrypt(archive, plain, key)
    try:
        _extract(plain, to)
        manifest = Manifest(**json.loads((to / MANIFEST).read_text()))
    except FileNotFoundError as error:
        raise BackupError(f"{archive.name} is not complete: it broke off.") from error
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, TypeError) as error:
        _no_room(error)
        raise BackupError(f"{archive.name} is damaged or is no backup of this site.") from error
    if manifest.format > FORMAT:
        raise BackupError(f"{archive.name} was made by a newer version: upgrade this one first.")
    if plain != archive:
        plain.unlink()
    for name, expected in manifest.files.items():
        with (to / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise BackupError(f"{archive.name} is damaged: {name} is not what was packed.")
    return manifest


def _extract(plain: Path, to: Path) -> None:
    """Files alone, and none outside. Raises ValueError at anything else, which we never pack.

    The tar ends before the compressed stream does: only reading on compares the checksum.
    """
    with gzip.open(plain) as stream:
        with tarfile.open(fileobj=stream, mode="r:") as tar:
            for member in tar:
                _write(tar, member, to)
        while stream.read(BLOCK):
            pass


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, to: Path) -> None:
    # By hand: Python 3.11 has extractall's own filter only since its fourth release.
    place = (to / member.name).resolve()
    source = tar.extractfile(member) if member.isfile() else None
    if not source or not place.is_relative_to(to.resolve()):
        raise ValueError(member.name)
    place.parent.mkdir(parents=True, exist_ok=True)
    with source, place.open("wb") as file:
        shutil.copyfileobj(source, file)


def _decrypt(archive: Path, plain: Path, key: str) -> None:
    if not key:
        raise BackupError(
            f"{archive.name} is encrypted: set BACKUP_KEY to the key it was made with."
        )
    try:
        with archive.open("rb") as secret, plain.open("wb") as file:
            pyrage.decrypt_io(secret, file, [identity(key)])
    except (pyrage.DecryptError, OSError) as error:
        _no_room(error)
        problem = "was made with another BACKUP_KEY, or is damaged"
        raise BackupError(f"{archive.name} {problem}.") from error


def _no_room(error: Exception) -> None:
    """A full disk is not the archive's fault; what the disk says has a number, what age says has none."""
    if isinstance(error, OSError) and error.errno:
        raise BackupError(f"The backup could not be unpacked: {error.strerror}.") from error
