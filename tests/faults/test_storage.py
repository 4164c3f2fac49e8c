"""The database's file is locked for too long, or its disk is full."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from contextlib import closing

import pytest

from tests.faults.site import POSTGRES, TEMPLATE, Visitors, get, post, running

pytestmark = pytest.mark.skipif(POSTGRES, reason="of SQLite's file")


def test_a_lock_held_too_long(tmp_path, figure):
    with running(tmp_path) as site, Visitors(site.port, site.ask("fill", count=10)) as visitors:
        assert get(site.port, "/") == 200  # the very first visit makes the clinic's settings
        draft = visitors.drafts.pop()
        with closing(sqlite3.connect(tmp_path / "site.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            reading = get(site.port, "/")
            status, _place = post(site.port, draft)
            waited = time.monotonic() - began
            other.execute("ROLLBACK")
        assert (reading, status) == (200, 503)
        assert visitors.post(draft)
        found = site.ask("look", acknowledged=[draft])
        assert found["missing"] == [] and found["partial"] == [] and found["requests"] == 1
    figure(
        "SQLite locked by somebody else for too long: “try again”, and the same form then arrives",
        f"503 after {waited:.0f} s, reading goes on; then 1 request",
    )


@pytest.fixture
def small_disk(tmp_path):
    """Twelve megabytes more than the site's database needs."""
    from pathlib import Path

    size = Path(TEMPLATE["NAME"]).stat().st_size + 12_000_000
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip(f"this account may not mount: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_up(folder) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return


def test_a_full_disk(small_disk, figure):
    with running(small_disk) as site, Visitors(site.port, site.ask("fill", count=200)) as visitors:
        visitors.begin(2)
        visitors.wait_for(5)
        fill_up(small_disk)
        until = time.monotonic() + 60
        while not visitors.refused:
            assert time.monotonic() < until
            time.sleep(0.05)
        backup = site.manage("backup")
        assert backup.wait(60) == 1
        reading = get(site.port, "/")
        (small_disk / "ballast").unlink()
        visitors.wait_for(5)
        visitors.end()
        acknowledged = list(visitors.acknowledged)
        found = site.ask("look", acknowledged=acknowledged)
        assert reading == 200 and set(visitors.refused) == {503}, site.log("serve")
        assert found["missing"] == [] and found["partial"] == []
        assert found["inconsistencies"] == []
        with closing(sqlite3.connect(small_disk / "site.sqlite3")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    figure(
        "Disk full: “try again”, nothing half written, and it goes on once there is room",
        f"{len(acknowledged)} acknowledged, 0 lost; {sum(visitors.refused.values())} × 503; "
        "integrity ok",
    )
