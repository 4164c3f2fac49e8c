"""An upgrade while the site serves: the old code runs on while the new one migrates."""

from __future__ import annotations

import io
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

from tests.faults.site import ROOT, Visitors, running

APPS = ("bookings", "clinic", "education", "accounts")


def git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)
    if done.returncode:
        pytest.skip("needs the project's history (git)")
    return done.stdout


@pytest.fixture(scope="module")
def old_code(tmp_path_factory) -> Path:
    """The code as it was before the newest migration of bookings."""
    newest = git("log", "-1", "--format=%H", "--diff-filter=A", "--", "bookings/migrations")
    folder = tmp_path_factory.mktemp("old")
    archive = git("archive", f"{newest.decode().strip()}~1")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder


def migrations(code: Path, app: str) -> list[str]:
    return sorted(path.stem for path in (code / app / "migrations").glob("0*.py"))


def test_an_upgrade_is_short_and_loses_nothing(tmp_path, figure, old_code):
    with running(tmp_path, opened=False) as site:
        tokens = site.ask("fill", count=2000)
        added = []
        for app in APPS:
            known = migrations(old_code, app)
            added += [name for name in migrations(ROOT, app) if name not in known]
            if (ROOT / app / "migrations").is_dir():
                site.call("migrate", app, known[-1] if known else "zero")
        assert added
        site.code = old_code
        site.open()
        with Visitors(site.port, tokens) as visitors:
            visitors.begin(4)
            visitors.wait_for(20)
            site.code = ROOT
            site.call("prepare")
            visitors.wait_for(1)
            began = time.monotonic()
            site.kill(site.web)
            site.open()
            visitors.wait_for(20)
            switched = time.monotonic() - began
            visitors.end()
            moments = sorted(visitors.acknowledged.values())
            gap = max(b - a for a, b in zip(moments, moments[1:], strict=False))
            acknowledged = list(visitors.acknowledged)
        found = site.ask("look", acknowledged=acknowledged)
        assert found["missing"] == [] and found["partial"] == [] and found["twice"] == 0
        assert found["inconsistencies"] == []
        assert gap <= 30 and switched <= 60
    figure(
        "An upgrade while the site serves: at most 30 s without an answer, nothing lost",
        f"{gap:.1f} s at most; {len(added)} migrations beside the old code; "
        f"{len(acknowledged)} acknowledged, 0 lost",
    )
