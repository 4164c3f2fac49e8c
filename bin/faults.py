"""`make faults`: kills, restarts and long outages, on both databases; the figures go into the docs.

Runs every test below tests/faults, one after the other, and writes what they measured into the
table of docs/reliability.md. With arguments pytest gets these, and only the rows they measure
change: `make faults ARGS="-k smtp"`. `ON=postgresql` in front leaves the other database out; what was
measured before Ctrl-C counts.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from install import PYTHON, ROOT, in_venv
from pgtemp import Server
from written import replace_between

DOCUMENT = ROOT / "docs" / "reliability.md"
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main(arguments: list[str]) -> int:
    in_venv()
    os.environ["ENV_FILE"] = os.devnull
    install_redis()
    with tempfile.TemporaryDirectory(prefix="clinic-faults-") as folder, Server() as postgres:
        figures = Path(folder) / "figures.jsonl"
        os.environ |= {"CLINIC_TESTS": folder, "FIGURES": str(figures)}
        urls = {"sqlite": f"sqlite:///{folder}/site.sqlite3", "postgresql": postgres.url}
        chosen = [os.environ["ON"]] if "ON" in os.environ else [*urls]
        try:
            codes = [run(DATABASES[name], urls[name], arguments) for name in chosen]
        finally:
            rows = figures.read_text().splitlines() if figures.exists() else []
            replace_between(DOCUMENT, "figures", lambda old: table(old, map(json.loads, rows)))
    return 1 if any(codes) else 0


def install_redis() -> None:
    """Debian's package, where we may; without it its tests are skipped, and say so."""
    if shutil.which("redis-server") or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", "redis-server"]):
        subprocess.run(["apt-get", "-q", *step], env=env, stdout=subprocess.DEVNULL)


def run(name: str, url: str, arguments: list[str]) -> int:
    print(f"\n--- faults on {name}", flush=True)
    os.environ["DATABASE_URL"] = url
    pytest = [PYTHON, "-m", "pytest", "tests/faults", "-p", "no:randomly", "--durations", "0"]
    return subprocess.run([*pytest, *arguments], cwd=ROOT).returncode


def table(before: str, measured: "map[dict[str, str]]") -> str:
    """The old table with the rows that were measured anew; a row's last cell is its command."""
    rows: dict[str, dict[str, str]] = {}
    for line in before.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in ("promise", "---"):
            rows[cells[0]] = dict(zip(("SQLite", "PostgreSQL", "test"), cells[1:], strict=True))
    for found in measured:
        row = rows.setdefault(found["promise"], {})
        row[DATABASES[found["database"]]] = found["measured"]
        row["test"] = f"`{found['test'].removeprefix('tests/faults/')}`"
    lines = ["| promise | SQLite | PostgreSQL | test |", "|---|---|---|---|"]
    for promise, row in sorted(rows.items()):
        cells = [promise, *(row.get(name, "–") for name in ("SQLite", "PostgreSQL", "test"))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
