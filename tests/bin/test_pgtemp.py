"""bin/pgtemp.py: a server for as long as its command, and nothing of it after."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

LOOK = """
import os, sys, psycopg
url = os.environ["DATABASE_URL"]
with psycopg.connect(url) as connection:
    (port,) = connection.execute("SHOW listen_addresses").fetchone()
    (cost,) = connection.execute("SHOW random_page_cost").fetchone()
    (jit,) = connection.execute("SHOW jit").fetchone()
print(url.partition("host=")[2], repr(port), cost, jit)
sys.exit(7)
"""


def test_the_command_gets_a_server_of_its_own():
    command = [sys.executable, "bin/pgtemp.py", sys.executable, "-c", LOOK]

    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)

    assert done.returncode == 7, done.stderr
    folder, port, cost, jit = done.stdout.split()
    assert port == "''"
    # It plans as production does: the benchmark of a large clinic would see other plans.
    shipped = (settings.BASE_DIR / "deploy" / "postgresql.conf").read_text()
    assert f"random_page_cost = {cost}\n" in shipped and f"jit = {jit}\n" in shipped
    assert not Path(folder).exists()


@pytest.fixture
def pgtemp(monkeypatch):
    monkeypatch.syspath_prepend(str(settings.BASE_DIR / "bin"))
    return importlib.import_module("pgtemp")


@pytest.mark.parametrize(
    ("free", "flags", "serves"), [(2**30, 0, True), (2**26, 0, False), (2**30, 8, False)]
)
def test_memory_serves_where_there_is_room(pgtemp, monkeypatch, free, flags, serves):
    found = SimpleNamespace(f_bavail=free // 4096, f_frsize=4096, f_flag=flags)
    monkeypatch.setattr(os, "statvfs", lambda _folder: found)
    monkeypatch.setattr(os, "ST_NOEXEC", 8, raising=False)
    monkeypatch.setattr(os, "access", lambda *_: True)

    assert pgtemp.in_memory() == ("/dev/shm" if serves else None)


def test_a_system_without_it_uses_the_disk(pgtemp, tmp_path, monkeypatch):
    monkeypatch.setattr(pgtemp, "MEMORY", str(tmp_path / "missing"))

    assert pgtemp.in_memory() is None


def test_without_a_server_it_says_what_to_install(tmp_path):
    (tmp_path / "bin").mkdir()
    for name in ("pgtemp.py", "install.py"):
        (tmp_path / "bin" / name).write_text((settings.BASE_DIR / "bin" / name).read_text())
    code = "import pgtemp; pgtemp.FOLDERS = pgtemp.FOLDERS[-1:]; pgtemp.find_programs()"

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "", "PYTHONPATH": str(tmp_path / "bin"), "LANG": os.environ.get("LANG", "")},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "apt-get install postgresql" in done.stderr
