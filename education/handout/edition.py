"""Which program makes a sheet: a part of the key under which a made one is kept."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from education.guide import drawings

FOLDER = Path(__file__).resolve().parent
KINDS = {".typ", ".py", ".ttf", ".svg"}


@lru_cache(maxsize=1)
def edition() -> str:
    """Another after every upgrade that could change a sheet: its template, code, typefaces or drawings."""
    return of(sources(), version("typst"))


def sources() -> list[Path]:
    found = [*FOLDER.rglob("*"), *drawings.FOLDER.glob("*")]
    return [path for path in found if path.suffix in KINDS]


def of(files: Iterable[Path], compiler: str) -> str:
    digest = hashlib.sha256(compiler.encode())
    for path in sorted(files):
        digest.update(f"{path.name}:{path.stat().st_size}:".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
