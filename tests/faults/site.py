"""A whole site in real processes, with a database, a port and files of its own, and clients for it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from tests import database

ROOT = Path(settings.BASE_DIR)
sys.path.insert(0, str(ROOT / "bin"))
import pgtemp  # noqa: E402

PYTHON = sys.executable
TEMPLATE = settings.DATABASES["default"]
POSTGRES = connection.vendor == "postgresql"


class Postgres(pgtemp.Server):
    """A server that a test may kill; what it has committed is on the disk, as in production."""

    def __init__(self) -> None:
        super().__init__()
        self.url = f"postgres://tests@/tests?host={self.folder}"

    def begin(self) -> None:
        before = dict(pgtemp.SETTINGS)
        pgtemp.SETTINGS |= {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
        try:
            super().begin()
        finally:
            pgtemp.SETTINGS.clear()
            pgtemp.SETTINGS |= before

    def stop(self) -> None:
        """At once, without a checkpoint: what a power cut leaves (pg_ctl, "immediate")."""
        self.must("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        self.must("pg_ctl", "-D", "data", "-l", "server.log", "-w", "-t", "60", "start")

    def processes(self) -> list[int]:
        main = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        found = [main]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == main:
                    found.append(int(stat.parent.name))
        return found

    def signal(self, number: int) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


@dataclass
class Site:
    """`env` is what each of its processes gets. Use `running()`."""

    folder: Path
    url: str
    postgres: Postgres | None = None
    env: dict[str, str] = field(default_factory=dict)
    port: int = 0
    host: str = "127.0.0.1"
    code: Path = ROOT
    packages: str = ""  # a folder of further ones
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            self.port = probe.getsockname()[1]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO")}
        limits = dict.fromkeys(settings.LIMITS, "1000000/1")
        self.env = kept | {
            "CLINIC_TESTS": str(self.folder),
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "OPEN_HOLDS_PER_NETWORK": "1000000",
            "OPEN_HOLDS_PER_WIDE_NETWORK": "1000000",
            "UNPROVEN_HOLDS_A_DAY": "1000000",
            "LIMITS": ",".join(f"{name}={limit}" for name, limit in limits.items()),
            "FILL_SECONDS": "0",
            "PORT": str(self.port),
            "PYTHONPATH": str(self.code),
        }

    def manage(self, *arguments: str, code: Path | None = None) -> subprocess.Popen[bytes]:
        where = code or self.code
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [PYTHON, "manage.py", *arguments],
                cwd=where,
                env=self.env | {"PYTHONPATH": self.path(where)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def call(self, *arguments: str, code: Path | None = None) -> str:
        """Run a command to its end; its log is the error."""
        process = self.manage(*arguments, code=code)
        assert process.wait(180) == 0, self.log(arguments[0])
        return self.log(arguments[0])

    def path(self, code: Path) -> str:
        # What both have, Django among it, is pinned to one version (requirements-shared.in).
        return os.pathsep.join(filter(None, (str(code), self.packages)))

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-3000:]

    def ask(self, job: str, **values: Any) -> Any:
        """Run a job of `desk.py` in a process of its own: it looks at the rows themselves."""
        done = subprocess.run(
            [PYTHON, "-m", "tests.faults.desk", job],
            input=json.dumps(values),
            cwd=ROOT,
            env=self.env | {"PYTHONPATH": self.path(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def open(self, *, worker: bool = False) -> None:
        self.web = self.manage("serve", "--host", self.host)
        if worker:
            self.worker = self.manage("worker")
        self.wait_until_ready()

    def wait_until_ready(self) -> float:
        """Seconds until /readyz answers."""
        began = time.monotonic()
        while time.monotonic() - began < 90:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if get(self.port, "/readyz", self.host) == 200:
                    return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(self.log("serve"))

    def kill(self, process: subprocess.Popen[bytes] | None) -> None:
        """-9 for it and all its children."""
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def close(self) -> None:
        self.kill(self.web)
        self.kill(self.worker)


def get(port: int, path: str, host: str = "127.0.0.1") -> int:
    answer = http.client.HTTPConnection(host, port, timeout=30)
    try:
        answer.request("GET", path, headers={"Host": "localhost"})
        return answer.getresponse().status
    finally:
        answer.close()


Answered = tuple[int, str, http.client.HTTPMessage]


def read(site: Site, path: str, cookie: str = "") -> Answered:
    return exchange(site, "GET", path, None, {"Cookie": cookie})


def send(site: Site, path: str, body: bytes, cookie: str, content_type: str) -> Answered:
    return exchange(site, "POST", path, body, {"Cookie": cookie, "Content-Type": content_type})


def exchange(
    site: Site, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> Answered:
    connection = http.client.HTTPConnection(site.host, site.port, timeout=60)
    try:
        connection.request(method, path, body, {"Host": "localhost"} | headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers
    finally:
        connection.close()


@contextlib.contextmanager
def running(folder: Path, *, opened: bool = True, worker: bool = False) -> Iterator[Site]:
    """A site over a copy of the migrated template, on the database that the tests run on."""
    with contextlib.ExitStack() as stack:
        if POSTGRES:
            server = stack.enter_context(Postgres())
            copy_template(server)
            site = Site(folder, server.url, server)
        else:
            shutil.copy(database.migrated(), folder / "site.sqlite3")
            site = Site(folder, f"sqlite:///{folder}/site.sqlite3")
        stack.callback(site.close)
        if opened:
            site.open(worker=worker)
        yield site


def copy_template(server: Postgres) -> None:
    options = TEMPLATE.get("OPTIONS", {})
    host = TEMPLATE.get("HOST") or options.get("host", "")
    account = ["-h", host, "-U", TEMPLATE["USER"]]
    dump = [server.programs / "pg_dump", *account, database.migrated()]
    file = server.folder / "template.sql"
    with file.open("wb") as out:
        subprocess.run(dump, stdout=out, check=True)
    psql = [server.programs / "psql", "-qX1", "-h", str(server.folder), "-U", "tests"]
    with file.open("rb") as script:
        subprocess.run([*psql, "tests"], stdin=script, stdout=subprocess.DEVNULL, check=True)


@dataclass
class Visitors:
    """Visitors who press "send", one draft after the other, and again until it is acknowledged.

    `acknowledged` are drafts whose visitor was told "we have your request"; `cut` counts posts that
    ended without an answer, `refused` answers that were none of ours (5xx), with their numbers.
    `spare` is the port of a second web server, asked when the first takes no connection, as nginx does.
    """

    port: int
    drafts: list[str]
    timeout: float = 40
    spare: int = 0
    acknowledged: dict[str, float] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    cut: int = 0
    refused: dict[int, int] = field(default_factory=dict)
    slowest: float = 0
    on_the_way: int = 0

    def __post_init__(self) -> None:
        self.lock, self.stop, self.coming = threading.Lock(), threading.Event(), threading.Event()
        self.coming.set()
        self.threads: list[threading.Thread] = []

    def __enter__(self) -> Visitors:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def begin(self, count: int = 6) -> Visitors:
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()
        return self

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """Nobody new comes meanwhile, so that what takes long does not use up the drafts."""
        self.coming.clear()
        yield
        self.coming.set()

    def end(self) -> None:
        self.stop.set()
        self.coming.set()
        for thread in self.threads:
            thread.join(60)

    def wait_for(self, number: int, seconds: float = 60) -> None:
        """Until so many more are acknowledged."""
        wanted, until = len(self.acknowledged) + number, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < until, f"{self.refused} {self.cut} cut"
            time.sleep(0.01)

    def _work(self) -> None:
        while self.coming.wait() and not self.stop.is_set():
            with self.lock:
                if not self.drafts:
                    return
                draft = self.drafts.pop()
            while not self.stop.is_set() and not self.post(draft):
                time.sleep(0.1)

    def post(self, draft: str) -> bool:
        began = time.monotonic()
        self.sent.add(draft)
        self.on_the_way += 1
        try:
            status, place = post(self.port, draft, self.timeout)
        except ConnectionRefusedError:  # nobody there: nothing was sent
            if self.spare:
                self.port, self.spare = self.spare, self.port
            return False
        except (OSError, http.client.HTTPException):
            self.cut += 1
            return False
        finally:
            self.on_the_way -= 1
        if status == 302 and place.endswith("/sent/"):
            now = time.monotonic()
            self.acknowledged[draft], self.slowest = now, max(self.slowest, now - began)
            return True
        self.refused[status] = self.refused.get(status, 0) + 1
        return False


def post(port: int, draft: str, timeout: float = 40, host: str = "127.0.0.1") -> tuple[int, str]:
    """Press "Send my request"; the status, and where it leads.

    Another version may show the answers in other words: it asks to check them, and the visitor sends again.
    """
    key, secret, shown = draft.split(".")
    status, place, text = sent(port, key, secret, shown, timeout, host)
    again = re.search(r'name="shown" value="([^"]+)"', text)
    if status == 200 and again:
        status, place, _text = sent(port, key, secret, again[1], timeout, host)
    return status, place


def sent(
    port: int, key: str, secret: str, shown: str, timeout: float, host: str
) -> tuple[int, str, str]:
    token = secrets.token_hex(16)
    visitor = http.client.HTTPConnection(host, port, timeout=timeout)
    headers = {
        "Host": "localhost",
        "Cookie": f"draft-{key}={secret}; csrftoken={token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    try:
        body = urlencode({"csrfmiddlewaretoken": token, "shown": shown})
        visitor.request("POST", f"/book/{key}/check/", body, headers)
        answer = visitor.getresponse()
        text = answer.read().decode(errors="replace")
        return answer.status, answer.getheader("Location", ""), text
    finally:
        visitor.close()
