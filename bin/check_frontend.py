#!/usr/bin/env python3
"""Fail when the built styles and scripts do not belong to the sources beside them. Needs no Node.

`npm run build` in `frontend/` leaves `clinic/static/clinic/build.sha256`: the sum of all sources,
and of each built file. This script works the sums out again.
"""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def sum_of_sources(frontend: Path) -> str:
    """The same sum as `sources()` in build.mjs: each name, NUL, the content, NUL, in name order."""
    found = [frontend / name for name in ("build.mjs", "package.json", "package-lock.json")]
    for folder in ("scss", "js"):
        found += [path for path in (frontend / folder).rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for name in sorted(path.relative_to(frontend).as_posix() for path in found):
        digest.update(name.encode() + b"\0" + (frontend / name).read_bytes() + b"\0")
    return digest.hexdigest()


def problems(frontend: Path, built: Path) -> list[str]:
    """What is stale, in words; empty when all is as built."""
    found = []
    for line in (built / "build.sha256").read_text().splitlines():
        expected, name = line.split("  ", 1)
        if name == "sources":
            if sum_of_sources(frontend) != expected:
                found.append("the sources in frontend/ changed since the last build")
        elif not (built / name).is_file():
            found.append(f"{name} is missing")
        elif hashlib.sha256((built / name).read_bytes()).hexdigest() != expected:
            found.append(f"{name} was changed by hand")
    return found


def main() -> int:
    found = problems(ROOT / "frontend", ROOT / "clinic/static/clinic")
    for problem in found:
        print(
            f"frontend: {problem}. Run `npm ci && npm run build` in frontend/, commit the result."
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
