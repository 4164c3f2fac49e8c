"""`make run`: a real start, in real processes."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import connection

from tests import database


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(folder: Path, port: int | str) -> "subprocess.Popen[str]":
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DJANGO")}
    kept.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "bin/run.py"],
        cwd=settings.BASE_DIR,
        env=kept | {"PORT": str(port), "VAR_DIR": str(folder), "ENV_FILE": os.devnull},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def processes() -> dict[int, tuple[int, str]]:
    """Of each living process the parent, and the command line."""
    if sys.platform != "linux":
        rows = subprocess.run(["ps", "-Ao", "pid=,ppid=,state=,args="], capture_output=True).stdout
        table = [line.split(maxsplit=3) for line in rows.decode().splitlines()]
        return {int(row[0]): (int(row[1]), row[-1]) for row in table if row[2][0] != "Z"}
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if state != "Z":
                found[int(folder.name)] = (int(parent), words)
    return found


def descendants(pid: int) -> set[int]:
    table, found = processes(), {pid}
    for _ in range(5):
        found |= {child for child, (parent, _) in table.items() if parent in found}
    return found - {pid}


def alive(pids: set[int]) -> set[int]:
    return pids & set(processes())


def wait_until_open(site: "subprocess.Popen[str]") -> str:
    """What it printed until it said how to stop it."""
    assert site.stdout
    printed = ""
    for line in site.stdout:
        printed += line
        if line.startswith("Ctrl-C"):
            return printed
    raise AssertionError(f"it ended before it opened:\n{printed}")


class First(NamedTuple):
    folder: Path
    left_behind: set[int]


@pytest.fixture(scope="module")
def first(tmp_path_factory, django_db_setup) -> First:
    """A first run, once because it takes a while: what it leaves in var/, and running, when killed.

    It goes on with a copy of the tests' own database, since to migrate takes longest.
    """
    folder = tmp_path_factory.mktemp("prepared") / "var"
    if connection.vendor == "sqlite":
        folder.mkdir()
        shutil.copy(database.migrated(), folder / "clinic.sqlite3")
    site = run(folder, free_port())
    wait_until_open(site)
    children = descendants(site.pid)
    if sys.platform == "linux":
        site.kill()
    else:
        site.terminate()
    site.wait(timeout=20)
    site.stdout.close()
    deadline = time.monotonic() + 15
    while alive(children) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = alive(children)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return First(folder, left)


@pytest.fixture
def prepared(first) -> Path:
    return first.folder


@pytest.fixture
def site(prepared, tmp_path):
    """A second run."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    port = free_port()
    process = run(tmp_path, port)
    process.port = port
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


@pytest.mark.thorough
def test_it_opens_says_where_and_leaves_nothing_behind(site, prepared, tmp_path):
    printed = wait_until_open(site)
    # The first run's password is the second's as well.
    for name in ("first-login.txt", "secret-key"):
        assert (tmp_path / name).read_text() == (prepared / name).read_text()
    address = f"http://localhost:{site.port}"
    with urllib.request.urlopen(f"{address}/livez") as answer:
        assert answer.read() == b"ok\n"
    assert f"password: in {tmp_path}/first-login.txt" in printed
    for path in ("/", "/guides/iliopsoas/", "/book/", "/admin/"):
        assert f"{address}{path}" in printed
    children = descendants(site.pid)
    assert len(children) >= 2

    site.send_signal(signal.SIGINT)
    rest, _ = site.communicate(timeout=20)

    assert (site.returncode, rest) == (0, "Stopping…\n")
    assert alive(children) == set()


def test_a_first_run_keeps_everything_in_one_folder(prepared):
    kept = {path.name for path in prepared.iterdir()}

    assert {"clinic.sqlite3", "secret-key", "first-login.txt", "static"} <= kept


@pytest.mark.parametrize("name", ["secret-key", "first-login.txt"])
def test_secrets_are_the_owners_alone(prepared, name):
    assert stat.S_IMODE((prepared / name).stat().st_mode) == 0o600


def test_so_is_the_folder(tmp_path):
    folder = tmp_path / "var"
    env = os.environ | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "clinic.settings"}
    subprocess.run([sys.executable, "-c", "import clinic.settings"], cwd=settings.BASE_DIR, env=env)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_password_is_made_for_each_clinic(prepared):
    password = (prepared / "first-login.txt").read_text()

    user, words = (line.split(": ")[1] for line in password.splitlines())
    assert user == "owner"
    assert len(words) >= 16


@pytest.mark.thorough
def test_all_stops_when_one_part_dies(site):
    wait_until_open(site)
    children, table = descendants(site.pid), processes()
    server = next(
        pid for pid in children if table[pid][0] == site.pid and "clinic.wsgi" in table[pid][1]
    )

    os.kill(server, signal.SIGKILL)
    rest, _ = site.communicate(timeout=20)

    assert site.returncode == 1
    assert "The web server stopped by itself" in rest
    assert alive(children) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_even_killed_it_leaves_nothing_behind(first):
    assert first.left_behind == set()


def test_a_taken_port_is_named_first(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = run(tmp_path, port)
        printed, _ = process.communicate(timeout=20)

    assert process.returncode == 1
    assert f"Port {port} is taken" in printed
    assert "PORT=8000 make run" in printed
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    process = run(tmp_path, port)
    printed, _ = process.communicate(timeout=20)

    assert process.returncode == 1
    assert "must be a number from 1 to 65535" in printed
