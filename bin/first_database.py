"""Writes clinic/first_database.sql anew, from all migrations: some fifteen seconds.

    bin/python bin/first_database.py

Nobody has to after each migration: `migrate` goes on from what the file holds. It is worth it once some
dozen have come together, because each of them makes `make run` a little slower.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from install import ROOT, in_venv


def main() -> int:
    in_venv()
    sys.path.insert(0, str(ROOT))
    from clinic import first_database

    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"VAR_DIR": folder, "ENV_FILE": os.devnull}
        env["DATABASE_URL"] = f"sqlite:///{folder}/new.sqlite3"
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        database = sqlite3.connect(Path(folder) / "new.sqlite3")
        lines = list(first_database.written(database))
    first_database.FILE.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} statements in {first_database.FILE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
