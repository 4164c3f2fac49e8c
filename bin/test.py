"""`make test`: everything that must pass, on SQLite and PostgreSQL and in a real browser.

All stages run, whatever fails, one more at a time than there are processors; the end is a table of them,
and the exit code says whether all passed. A test runs on SQLite; marked `postgresql`, there instead;
marked `both`, on both. `ALL=yes make test` runs all of them on both, with what is marked `thorough`.
With arguments only pytest runs, with these: `make test ARGS="tests/clinic -k checks"`.
`make lint` runs only the checks that read the code; `bin/test.py --checks lint format` only those named.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import own_browser
from browser import HEADLESS, find_browser
from install import ROOT, VENV, install
from pgtemp import Server, in_memory

JOURNEYS, PROGRAMS = "tests/journeys", "tests/bin"
PARTS = {
    "bookings": ["tests/bookings"],
    "staff": ["tests/bookings/staff"],
    "clinic": ["tests/clinic"],
    "tests": ["tests"],
    "education": ["tests/education"],
    "public": ["tests/bookings/public"],
}
"""Each without what another one has; the longest first, so that no processor waits for long at the end."""
POLITELY = ["nice", "-n", "10"]
INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"]
# What a complete production environment looks like, for `check --deploy`.
PRODUCTION = {
    "CLINIC_MODE": "production",
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "for-the-check-alone-" + "abcdefghij0123456789" * 3,
    "ALLOWED_HOSTS": "clinic.example.net",
    "SITE_URL": "https://clinic.example.net",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.net:587",
    "DEFAULT_FROM_EMAIL": "Clinic <hello@clinic.example.net>",
    "MESSAGE_ID_DOMAIN": "clinic.example.net",
    "TRUSTED_PROXY_COUNT": "1",
    # Of no site: made for this check.
    "BACKUP_KEY": "AGE-SECRET-KEY-1D7HY2RA2S05LLZW7K27DG8GC292T38E2AY734KHQAE9XMRMV4LTSGMSX80",
}


@dataclass
class Stage:
    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    code: int = 0
    output: str = ""
    process: "subprocess.Popen[str] | None" = None

    def run(self) -> "Stage":
        """How far it is comes at once; the rest is kept, or two stages would talk at once."""
        began = time.monotonic()
        with subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=os.environ | {"ENV_FILE": os.devnull} | self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            self.process = process
            for line in process.stdout or ():
                if line.endswith("%]\n"):
                    print(f"{self.name:<22} {line}", end="", flush=True)
                else:
                    self.output += line
        self.seconds, self.code = time.monotonic() - began, process.returncode
        return self


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Where it is set, each stage and each command that a test starts would compile all files anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if arguments[:1] == ["--checks"]:
        return only_checks(arguments[1:])
    missing = "" if arguments else install_browser()
    if missing:  # what somebody has to do by hand should not come minutes later
        print(f"{missing}\nEverything else runs now.", flush=True)
    python = install("requirements.txt", "requirements-dev.txt")
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    if arguments:
        return subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT).returncode
    with (
        tempfile.TemporaryDirectory(prefix="clinic-tests-", dir=in_memory()) as folder,
        Server(within=in_memory() or "/tmp") as postgres,
    ):
        urls = {"SQLite": f"sqlite:///{folder}/site.sqlite3", "PostgreSQL": postgres.url}
        # The checks last: where few stages are left, short ones keep all processors busy.
        stages = tests(python, urls, folder) + checks(python)
        done = side_by_side([one for one in stages if not (missing and JOURNEYS in one.command)])
    code = summary(done)
    if missing:
        print(f"NOT RUN: the journeys in a browser. {missing}", flush=True)
    return 1 if missing else code


def only_checks(names: list[str]) -> int:
    """Run these checks, or all of them where none is named; 2 where one of the names is unknown."""
    python = install("requirements.txt", "requirements-dev.txt")
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    known = {stage.name: stage for stage in checks(python)}
    if unknown := set(names) - set(known):
        print(f"No check is called {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    return summary(side_by_side([known[name] for name in names or known]))


def side_by_side(stages: list[Stage]) -> list[Stage]:
    """In this order. Each keeps one processor busy, and journeys wait in between: so one more at a time."""
    with ThreadPoolExecutor(max_workers=max(3, (os.cpu_count() or 1) + 1)) as pool:
        try:
            for done in as_completed([pool.submit(stage.run) for stage in stages]):
                stage = done.result()
                if stage.output and (stage.code or "pytest" in stage.command):
                    print(f"\n--- {stage.name}\n{stage.output}", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for stage in stages:
                if stage.process:
                    stage.process.terminate()
            raise
    return stages


def checks(python: str) -> list[Stage]:
    """What reads the code without running it; the slow ones first."""
    manage, check = [python, "manage.py"], ["check", "--fail-level", "WARNING"]
    return [
        Stage("types", ["mypy"]),
        Stage("templates", ["djlint", "--lint", "--quiet", "templates"]),
        Stage("imports", ["lint-imports"]),
        Stage("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Stage("system checks", [*manage, *check]),
        Stage("production checks", [*manage, *check, "--deploy"], PRODUCTION),
        Stage("lint", ["ruff", "check", "."]),
        Stage("format", ["ruff", "format", "--check", "."]),
        Stage("built front end", [python, "bin/check_frontend.py"]),
    ]


def tests(python: str, urls: dict[str, str], folder: str) -> list[Stage]:
    """The journeys first, and before all others where processors are short.

    They wait for browser and server in turn, and would wait for a processor each time as well.
    """
    pytest = [python, "-m", "pytest", "--durations", "5", "--durations-min", "5", "-m"]
    quick = "not faults and not thorough"
    wanted = {
        "SQLite": f"{quick} and not postgresql",
        "PostgreSQL": f"{quick} and (both or postgresql)",
    }
    if "ALL" in os.environ:
        wanted = dict.fromkeys(wanted, "not faults")
    stages = [
        ("journeys", "SQLite", [JOURNEYS]),
        ("tests", "PostgreSQL", ["tests", f"--ignore={JOURNEYS}", f"--ignore={PROGRAMS}"]),
        *((name, "SQLite", part(name)) for name in PARTS),
        ("programs", "SQLite", [PROGRAMS]),
        ("journeys", "PostgreSQL", [JOURNEYS]),
    ]
    return [
        Stage(
            f"{kind} on {database}",
            [*([] if kind == "journeys" else POLITELY), *pytest, wanted[database], *where],
            {
                "DATABASE_URL": urls[database],
                # tests/settings.py puts all files there; no stage sees those of another.
                "CLINIC_TESTS": f"{folder}/{kind}-{database}",
                "TMPDIR": folder,
            },
        )
        for kind, database, where in stages
    ]


def part(name: str) -> list[str]:
    """What pytest is told to run for one of `PARTS`."""
    others = [path for other, paths in PARTS.items() if other != name for path in paths]
    inside = tuple(f"{path}/" for path in PARTS[name])
    apart = [path for path in [*others, JOURNEYS, PROGRAMS] if path.startswith(inside)]
    return [*PARTS[name], *(f"--ignore={path}" for path in apart)]


def summary(done: list[Stage]) -> int:
    print("\nstage                     seconds")
    for stage in done:
        print(f"{stage.name:<24} {stage.seconds:>8.1f}  {'FAILED' if stage.code else 'passed'}")
    failed = sum(bool(stage.code) for stage in done)
    print(f"\n{len(done) - failed} stages passed, {failed} failed", flush=True)
    return 1 if failed else 0


def install_browser() -> str:
    """Chromium, and the library that Playwright's driver wants: Debian's packages. Who is not root gets
    them in a folder of their own.

    What is missing and how to get it, in words; empty where everything is there.
    """
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
        return ""
    if not shutil.which("apt-get"):
        return "The journeys need Chromium or Chrome: install it, or name it in CHROME_PATH."
    if not may and not (trouble := own_browser.use()):
        return ""
    if not may:
        command = " ".join([*INSTALL, *wanted])
        return f"The journeys need a browser ({trouble}). Please run:  sudo {command}"
    return packaged(*wanted)


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
