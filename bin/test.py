"""`make test`: everything that must pass, on SQLite and PostgreSQL and in a real browser.

All stages run, whatever fails; the end is a table of them, and the exit code says whether all
passed. With arguments only pytest runs, with these: `make test ARGS="tests/clinic -k checks"`.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from browser import HEADLESS, find_browser
from install import ROOT, VENV, install
from pgtemp import Server

JOURNEYS = "tests/journeys"
INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"]
SOURCES = ["accounts", "bookings", "clinic", "education"]
# What a complete production environment looks like, for `check --deploy`.
PRODUCTION = {
    "CLINIC_MODE": "production",
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "for-the-check-alone-" + "abcdefghij0123456789" * 3,
    "ALLOWED_HOSTS": "clinic.example.org",
    "SITE_URL": "https://clinic.example.org",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Clinic <hello@clinic.example.org>",
    "MESSAGE_ID_DOMAIN": "clinic.example.org",
}


@dataclass
class Stage:
    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    code: int = 0
    output: str = ""

    def run(self, *, quiet: bool) -> "Stage":
        began = time.monotonic()
        done = subprocess.run(
            self.command,
            cwd=ROOT,
            env=os.environ | {"ENV_FILE": os.devnull} | self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
        )
        self.seconds, self.code = time.monotonic() - began, done.returncode
        self.output = done.stdout or ""
        return self


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not arguments:
        install_browser()  # first: what somebody has to do by hand should not come minutes later
    python = install("requirements.txt", "requirements-dev.txt")
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    if arguments:
        return subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT).returncode
    with tempfile.TemporaryDirectory(prefix="clinic-tests-") as folder, Server() as postgres:
        # tests/settings.py puts all files of all stages there.
        os.environ["CLINIC_TESTS"] = folder
        urls = {"SQLite": f"sqlite:///{folder}/template.sqlite3", "PostgreSQL": postgres.url}
        # Side by side, the long ones first: each of these keeps but one processor busy.
        done = [migrate(python, *one) for one in urls.items()] + checks(python)
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(lambda stage: stage.run(quiet=True), done))
        for stage in done:
            if stage.code:
                print(f"\n--- {stage.name}\n{stage.output}", flush=True)
        for one in urls.items():
            for stage in tests(python, *one):
                print(f"\n--- {stage.name}", flush=True)
                done.append(stage.run(quiet=False))
    return summary(done)


def checks(python: str) -> list[Stage]:
    """What reads the code without running it; the slow ones first."""
    manage, check = [python, "manage.py"], ["check", "--fail-level", "WARNING"]
    return [
        Stage("types", ["mypy"]),
        # mark_safe and SQL as text are ruff's (S308, S608): one place to give a reason, not two.
        Stage("security", ["bandit", "--quiet", "-ll", "--skip", "B308,B608,B703", "-r", *SOURCES]),
        Stage("templates", ["djlint", "--lint", "--quiet", "templates"]),
        Stage("imports", ["lint-imports"]),
        Stage("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Stage("system checks", [*manage, *check]),
        Stage("production checks", [*manage, *check, "--deploy"], PRODUCTION),
        Stage("lint", ["ruff", "check", "."]),
        Stage("format", ["ruff", "format", "--check", "."]),
        Stage("built front end", [python, "bin/check_frontend.py"]),
    ]


def migrate(python: str, database: str, url: str) -> Stage:
    """Once; each process of the tests then begins with a copy of that database."""
    command = [python, "manage.py", "migrate", "--settings", "tests.settings", "--verbosity", "0"]
    # With a key, so that neither of the two makes one while the other reads it.
    env = {"DATABASE_URL": url, "SECRET_KEY": "for-the-migrations-alone"}
    return Stage(f"migrate on {database}", command, env)


def tests(python: str, database: str, url: str) -> list[Stage]:
    pytest = [python, "-m", "pytest", "--durations", "5", "--durations-min", "5"]
    # Two processes: more than that is slower on two cores, and as fast on four. A file stays in one,
    # for what its tests set up once.
    split = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    wanted = "not faults"
    if database == "PostgreSQL":
        wanted += " and not looks and not no_database"  # what would only be the same once more
    units = [*pytest, *split, "-m", wanted, "--ignore", JOURNEYS]
    journeys = [*pytest, "-n", "2", "--dist", "worksteal", "-m", wanted, JOURNEYS]
    copied = {"DATABASE_URL": url, "MIGRATED_TEMPLATE": "yes"}
    return [
        Stage(f"tests on {database}", units, copied),
        Stage(f"journeys on {database}", journeys, copied),
    ]


def summary(done: list[Stage]) -> int:
    print("\nstage                     seconds")
    for stage in done:
        print(f"{stage.name:<24} {stage.seconds:>8.1f}  {'FAILED' if stage.code else 'passed'}")
    failed = sum(bool(stage.code) for stage in done)
    print(f"\n{len(done) - failed} stages passed, {failed} failed", flush=True)
    return 1 if failed else 0


def install_browser() -> None:
    """Chromium, and the library that Playwright's driver wants: Debian's packages, where we may."""
    may = shutil.which("apt-get") and os.geteuid() == 0
    if may and not os.environ.get("CHROME_PATH") and not shutil.which(HEADLESS):
        # Not every system has it, and the whole browser does as well.
        packaged(HEADLESS, "fonts-liberation")
    wanted = []
    if not find_browser():
        wanted += ["chromium", "fonts-liberation"]
    if sys.platform == "linux" and not list(Path("/usr/lib").rglob("libatomic.so.1")):
        wanted += ["libatomic1"]
    if not wanted:
        return
    if not shutil.which("apt-get"):
        sys.exit("The journeys need Chromium or Chrome: install it, or name it in CHROME_PATH.")
    if not may:
        command = " ".join([*INSTALL, *wanted])
        sys.exit(f"The journeys need a browser. Please run:  sudo {command}")
    problem = packaged(*wanted)
    if problem:
        sys.exit(problem)


def packaged(*names: str) -> str:
    """Install the system's packages; what went wrong, or nothing."""
    print(f"Installing {' '.join(names)}…", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "-q", "update"], [*INSTALL, *names]):
        done = subprocess.run(step, env=env, capture_output=True, text=True)
        if done.returncode:
            return f"{' '.join(step)} failed:\n{done.stdout}{done.stderr}"
    return ""


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
