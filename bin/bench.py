"""`make bench`: measure, by hand, on an otherwise idle computer; the tables go into benchmarks/README.md.

Each file benchmarks/NAME.py is a program: it gets an empty migrated database in DATABASE_URL and
prints a Markdown table. A file that says `DATABASES = ["sqlite"]` runs on that one alone.
`make bench ARGS="availability"` runs some of them.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime

from install import PYTHON, ROOT, in_venv
from pgtemp import Server
from written import replace_between

FOLDER = ROOT / "benchmarks"
DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def main(chosen: list[str]) -> int:
    in_venv()
    names = sorted(path.stem for path in FOLDER.glob("[!_]*.py"))
    if unknown := set(chosen) - set(names):
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(names)}")
    codes = [measure(name, database) for name in (chosen or names) for database in databases(name)]
    return 1 if any(codes) else 0


def databases(name: str) -> list[str]:
    own = re.search(r"^DATABASES = \[(.*)\]", (FOLDER / f"{name}.py").read_text(), re.MULTILINE)
    return re.findall(r"\w+", own[1]) if own else list(DATABASES)


def measure(name: str, database: str) -> int:
    print(f"\n--- {name} on {DATABASES[database]}", flush=True)
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as folder:
        env = os.environ | {
            "ENV_FILE": os.devnull,
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'bin'}",
        }
        if database == "sqlite":
            return run(name, database, env)
        with Server() as server:
            return run(name, database, env | {"DATABASE_URL": server.url})


def run(name: str, database: str, env: dict[str, str]) -> int:
    migrate = [PYTHON, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=env, check=True)
    done = subprocess.run(
        [PYTHON, FOLDER / f"{name}.py"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    )
    print(done.stdout, flush=True)
    if done.returncode == 0:
        stamp = f"{DATABASES[database]}, {datetime.now(UTC):%Y-%m-%d}, {computer()}"
        text = f"\n{stamp}\n\n{done.stdout.strip()}\n"
        replace_between(FOLDER / "README.md", f"{name} {database}", lambda _before: text)
    return done.returncode


def computer() -> str:
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, {python}"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
