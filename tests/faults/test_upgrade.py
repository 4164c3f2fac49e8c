"""The real deploy/upgrade.sh while visitors read and write: to the next version and back again.

The version before is the code as it was before the newest migration of bookings. Nobody has asked its
processes for a page before the upgrade begins: what they render first, they render in the middle of it.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import systemctl
from tests.faults.mail import free_port
from tests.faults.site import ROOT, Site, Visitors, running

APPS = ("bookings", "clinic", "education", "accounts")
PAGES = ["/", "/guides/", "/book/", "/search/?q=hip", "/request/find/", "/offline/", "/nothing/"]
PAGES += [
    "/admin/login/",
    "/es/",
    "/es/book/",
    "/robots.txt",
    "/sitemap.xml",
    "/about/",
    "/privacy/",
]


def git(folder: Path, *arguments: str) -> bytes:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "gc.auto=0"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    """Two commits: the code before the newest migration with today's deploy/, and today's code."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs the project's history (git)")
    folder = tmp_path_factory.mktemp("repository")
    newest = git(ROOT, "log", "-1", "--format=%H", "--diff-filter=A", "--", "bookings/migrations")
    git(folder, "init", "-q", "-b", "main")
    archive = subprocess.run(
        ["git", "archive", f"{newest.decode()}~1"], cwd=ROOT, capture_output=True, check=True
    )
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
    shutil.rmtree(folder / "deploy")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Before")
    git(folder, "rm", "-qrf", ".")
    for name in git(ROOT, "ls-files", "-co", "--exclude-standard").decode().splitlines():
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "After")
    return folder


class Computer:
    """A site below two folders that stand for /opt/clinic and /etc, and its two web servers."""

    def __init__(self, site: Site, repository: Path) -> None:
        self.site, self.folder = site, site.folder / "computer"
        self.home, self.etc, self.run = (self.folder / n for n in ("opt", "etc", "run"))
        units, commands = self.etc / "systemd/system", self.folder / "commands"
        for path in (self.home, units, self.etc / "clinic", self.run, commands):
            path.mkdir(parents=True)
        for unit in (ROOT / "deploy").glob("clinic-*"):
            shutil.copy(unit, units)
        (self.etc / "clinic/environment").write_text("ALLOWED_HOSTS=localhost\n")
        scripts = {
            "runuser": 'shift 3\nexec "$@"',
            "nginx": "echo nginx version: nginx/1.22.1 >&2",
            "systemctl": f'exec {sys.executable} {systemctl.__file__} "$@"',
            # Instead of installing the same packages a third time.
            "python": f'[ "$1" = -c ] || ln -s {sys.prefix} .venv',
        }
        for name, text in scripts.items():
            (commands / name).write_text(f"#!/bin/sh\n{text}\n")
            (commands / name).chmod(0o755)
        env = {name: text for name, text in site.env.items() if name != "PYTHONPATH"}
        self.env = env | {
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PYTHON": str(commands / "python"),
            "CLINIC_HOME": str(self.home),
            "CLINIC_ETC": str(self.etc),
            "UNITS": str(units),
            "RUN": str(self.run),
        }
        os.environ.pop("PYTHONPATH", None)
        git(self.folder, "clone", "-q", str(repository), str(self.home / "source"))
        git(self.home / "source", "reset", "-q", "--hard", "HEAD~1")
        self.upgrade("--first")
        self.ports = [free_port(), free_port()]

    def upgrade(self, *arguments: str) -> str:
        """The script of the release that runs, as the guide says."""
        script = self.home / "current/deploy/upgrade.sh"
        script = script if script.exists() else ROOT / "deploy/upgrade.sh"
        done = subprocess.run([script, *arguments], env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{self.logs()}"
        return done.stdout

    def call(self, *command: str) -> None:
        subprocess.run(command, env=self.env, check=True, capture_output=True)

    def open(self) -> None:
        for port in self.ports:
            self.call("systemctl", "restart", f"clinic-web@{port}")
        for port in self.ports:
            self.site.port = port
            self.site.wait_until_ready()

    def close(self) -> None:
        for file in self.run.glob("*.pid"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(file.read_text()), 9)

    def logs(self) -> str:
        return "\n".join(path.read_text()[-1500:] for path in self.run.glob("*.log"))


class Readers:
    """Ask for one page after the other, of whichever web server takes the connection."""

    def __init__(self, ports: list[int]) -> None:
        self.ports, self.stop = ports, threading.Event()
        self.read, self.failed = 0, list[str]()
        self.threads = [threading.Thread(target=self._read, args=(n,)) for n in range(2)]

    def __enter__(self) -> Readers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _read(self, number: int) -> None:
        while not self.stop.is_set():
            number += 1
            path = PAGES[number % len(PAGES)]
            port = self.ports[number % 2]
            try:
                status = ask(port, path)
            except ConnectionRefusedError:
                continue  # nginx asks the other one
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{path} {type(error).__name__}")
                continue
            self.read += 1
            if status >= 500:
                self.failed.append(f"{path} {status}")
            time.sleep(0.05)


def ask(port: int, path: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", path, headers={"Host": "localhost"})
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()


@contextlib.contextmanager
def before_the_upgrade(folder: Path, repository: Path) -> Iterator[tuple[Computer, list[str], int]]:
    """A computer that runs the version before; its drafts, and how many migrations are to come."""
    with running(folder, opened=False) as site, contextlib.ExitStack() as stack:
        tokens = site.ask("fill", count=3000)
        computer = Computer(site, repository)
        stack.callback(computer.close)
        added = 0
        for app in APPS:
            known = migrations(computer.home / "current", app)
            added += len(migrations(ROOT, app)) - len(known)
            if (ROOT / app / "migrations").is_dir():
                site.call("migrate", app, known[-1] if known else "zero")
        computer.open()
        yield computer, tokens, added


def migrations(code: Path, app: str) -> list[str]:
    return sorted(path.stem for path in (code / app / "migrations").glob("0*.py"))


def test_an_upgrade_shows_no_error_page(tmp_path, figure, repository):
    with before_the_upgrade(tmp_path, repository) as (computer, tokens, added):
        assert added
        old = (computer.home / "current").resolve()
        first, second = computer.ports
        with Visitors(first, tokens, spare=second) as visitors, Readers(computer.ports) as readers:
            visitors.begin(3)
            computer.upgrade()
            new = (computer.home / "current").resolve()
            visitors.wait_for(10)
            computer.upgrade("--back")
            back = (computer.home / "current").resolve()
            visitors.wait_for(10)
            visitors.end()
        moments = sorted(visitors.acknowledged.values())
        gap = max(b - a for a, b in zip(moments, moments[1:], strict=False))
        found = computer.site.ask("look", acknowledged=list(visitors.acknowledged))

        assert new != old and back == old
        assert readers.failed == [] and visitors.refused == {} and visitors.cut == 0
        assert found["missing"] == [] and found["partial"] == [] and found["twice"] == 0
        assert found["inconsistencies"] == []
    figure(
        "An upgrade by `upgrade.sh`, and the way back, while visitors read and write: no error page",
        f"{readers.read} pages and {len(visitors.acknowledged)} requests, 0 × 5xx, 0 lost; at most "
        f"{gap:.1f} s without an answer; {added} migrations beside the old code",
    )
