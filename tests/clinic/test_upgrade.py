"""deploy/upgrade.sh on a computer of paper: a repository with two versions, and commands that only say
that they were called."""

import os
import stat
import subprocess

import pytest
from django.conf import settings

JOURNALD, LATER = "[Journal]\nMaxRetentionSec=31day\n", "[Journal]\nMaxRetentionSec=30day\n"


def git(folder, *arguments):
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


class Computer:
    """`/opt/clinic` and `/etc` in a folder, one version behind its origin."""

    def __init__(self, folder):
        self.folder, self.log = folder, folder / "log"
        self.etc = folder / "etc"
        self.in_place = self.etc / "systemd/journald.conf.d/clinic.conf"
        for path in (self.in_place.parent, self.etc / "clinic", folder / "commands"):
            path.mkdir(parents=True)
        (self.etc / "clinic/environment").write_text('ALLOWED_HOSTS="clinic.example.org"\n')
        self.commands()
        origin = folder / "origin"
        (origin / "deploy/errors").mkdir(parents=True)
        (origin / "bin").mkdir()
        self.write(origin / "bin/python", "exit 0")
        for name in ("nginx.conf", "nginx-proxy.conf", "logrotate", "clinic-a", "errors/e.html"):
            (origin / "deploy" / name).write_text(name)
        (origin / "deploy/journald.conf").write_text(JOURNALD)
        git(origin, "init", "-q")
        git(origin, "add", "-A")
        git(origin, "commit", "-qm", "Before")
        git(folder, "clone", "-q", str(origin), str(folder / "opt"))
        self.in_place.write_text(JOURNALD)
        self.origin = origin

    def write(self, path, text):
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def commands(self):
        commands = self.folder / "commands"
        self.write(commands / "runuser", 'shift 3\nexec "$@"')
        for name in ("systemctl", "nginx", "curl", "sleep"):
            self.write(commands / name, f'echo "{name} $*" >> {self.log}')

    def upgrade(self, journald):
        (self.origin / "deploy/journald.conf").write_text(journald)
        (self.origin / "new").write_text("A new version")
        git(self.origin, "add", "-A")
        git(self.origin, "commit", "-qm", "After")
        script = (settings.BASE_DIR / "deploy/upgrade.sh").read_text()
        for real, paper in (("/opt/clinic", self.folder / "opt"), ("/etc/", f"{self.etc}/")):
            script = script.replace(real, str(paper))
        path = f"{self.folder / 'commands'}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(
            ["sh", "-c", script], env={**os.environ, "PATH": path}, check=True, capture_output=True
        )
        return self.log.read_text().splitlines()


@pytest.fixture
def computer(tmp_path):
    return Computer(tmp_path)


RESTART = "systemctl try-restart systemd-journald"


def test_a_new_journal_file_counts_at_once(computer):
    assert RESTART in computer.upgrade(LATER)
    assert computer.in_place.read_text() == LATER


def test_the_same_journal_file_needs_no_restart(computer):
    called = computer.upgrade(JOURNALD)
    assert RESTART not in called and "systemctl restart clinic-worker" in called


def test_a_changed_journal_file_stays(computer):
    computer.in_place.write_text("[Journal]\nMaxRetentionSec=7day\n")
    assert RESTART not in computer.upgrade(LATER)
    assert "7day" in computer.in_place.read_text()
