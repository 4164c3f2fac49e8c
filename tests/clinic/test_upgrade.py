"""deploy/upgrade.sh on a computer of paper: a repository with two versions, and commands that only say
that they were called. tests/faults/test_upgrade.py does it with the real site."""

import os
import stat
import subprocess

import pytest
from django.conf import settings

JOURNALD, LATER = "[Journal]\nMaxRetentionSec=31day\n", "[Journal]\nMaxRetentionSec=30day\n"
COMMANDS = ("systemctl", "nginx", "curl", "sleep")
RESTART = "systemctl try-restart systemd-journald@clinic"


def git(folder, *arguments):
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


class Computer:
    """`/opt/clinic` and `/etc` in a folder, with the first of two versions installed."""

    def __init__(self, folder):
        self.folder, self.log, self.home = folder, folder / "log", folder / "opt"
        self.etc, self.origin = folder / "etc", folder / "origin"
        self.in_place = self.etc / "systemd/journald@clinic.conf"
        for path in (self.in_place.parent, self.etc / "clinic", folder / "commands"):
            path.mkdir(parents=True)
        self.log.touch()
        (self.etc / "clinic/environment").write_text('ALLOWED_HOSTS="clinic.example.org"\nOLD=1\n')
        self.in_place.write_text(JOURNALD)
        self.write(folder / "commands/runuser", 'shift 3\nexec "$@"')
        for name in COMMANDS:
            self.answers(name, "true")
        self.publish_first()
        self.home.mkdir()
        git(folder, "clone", "-q", str(self.origin), str(self.home / "source"))
        self.upgrade("--first")
        self.log.write_text("")

    def write(self, path, text):
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def answers(self, name, code):
        """From now on this command notes its call, and does that."""
        self.write(self.folder / "commands" / name, f'echo "{name} $*" >> {self.log}\n{code}')

    def publish_first(self):
        deploy = self.origin / "deploy"
        (deploy / "errors").mkdir(parents=True)
        (self.origin / "bin").mkdir()
        self.write(self.origin / "bin/python", "exit 0")
        self.write(deploy / "clinic", f'echo "clinic $*" >> {self.log}')
        for name in ("nginx.conf", "nginx-proxy.conf", "logrotate", "clinic-a", "errors/e.html"):
            (deploy / name).write_text(name)
        (deploy / "journald.conf").write_text(JOURNALD)
        (self.origin / ".env.example").write_text("#OLD=1\n#BOTH=2\n")
        git(self.origin, "init", "-q")
        self.commit("Before")

    def commit(self, name):
        (self.origin / "name").write_text(name)
        git(self.origin, "add", "-A")
        git(self.origin, "commit", "-qm", name)

    def publish(self, **files):
        (self.origin / ".env.example").write_text("#BOTH=2\nNEW=3\n")
        for name, text in files.items():
            (self.origin / "deploy" / f"{name}.conf").write_text(text)
        self.commit("After")

    def upgrade(self, *arguments):
        path = f"{self.folder / 'commands'}{os.pathsep}{os.environ['PATH']}"
        env = {"PATH": path, "CLINIC_HOME": str(self.home), "CLINIC_ETC": str(self.etc)}
        self.done = subprocess.run(
            ["sh", str(settings.BASE_DIR / "deploy/upgrade.sh"), *arguments],
            env=os.environ | env,
            capture_output=True,
            text=True,
        )
        return self.log.read_text().splitlines()

    @property
    def runs(self):
        """The name of the version that `current` leads to."""
        return (self.home / "current/name").read_text()


@pytest.fixture
def computer(tmp_path):
    return Computer(tmp_path)


def test_a_new_journal_file_counts_at_once(computer):
    computer.publish(journald=LATER)

    assert RESTART in computer.upgrade()
    assert computer.in_place.read_text() == LATER


def test_a_changed_journal_file_stays(computer):
    computer.in_place.write_text("[Journal]\nMaxRetentionSec=7day\n")
    computer.publish(journald=LATER)

    assert RESTART not in computer.upgrade()
    assert "7day" in computer.in_place.read_text()
    assert "please compare" in computer.done.stdout


def test_new_files_are_placed_changed_ones_named(computer):
    there = computer.etc / "nginx"
    there.mkdir()
    (there / "clinic-proxy.conf").write_text("nginx-proxy.conf")
    computer.publish(**{"nginx-proxy": "later", "clinic-new": "never seen", "clinic-b": "gone"})
    (computer.etc / "systemd/system").mkdir()
    (computer.etc / "systemd/system/clinic-b.conf").write_text("mine")

    computer.upgrade()

    assert (there / "clinic-proxy.conf").read_text() == "later"
    assert f"New: {there / 'clinic-proxy.conf'}" in computer.done.stdout
    assert "if you want it: " + str(computer.etc / "systemd/system/clinic-new.conf") in (
        computer.done.stdout
    )
    assert (computer.etc / "systemd/system/clinic-b.conf").read_text() == "mine"


def test_an_upgrade_backs_up_prepares_restarts(computer):
    computer.publish()

    called = [line for line in computer.upgrade() if line.startswith(("clinic", "systemctl re"))]

    assert called == [
        "clinic check --deploy",
        "clinic backup",
        "clinic prepare",
        "systemctl restart clinic-web@8000",
        "systemctl restart clinic-web@8001",
        "systemctl restart clinic-worker",
        "systemctl reload nginx",
    ]
    assert computer.runs == "After"


def test_it_names_settings_that_changed(computer):
    computer.publish()
    computer.upgrade()

    assert "New settings" in computer.done.stdout and ": NEW \n" in computer.done.stdout
    assert "no longer read: OLD \n" in computer.done.stdout
    assert "OLD stands in" in computer.done.stdout and "BOTH" not in computer.done.stdout


def test_nothing_new_restarts_nothing(computer):
    assert computer.upgrade() == []
    assert "Nothing new" in computer.done.stdout


def test_the_way_back_needs_no_network(computer):
    computer.publish()
    computer.upgrade()
    computer.origin.rename(computer.folder / "away")

    computer.upgrade("--back")

    assert computer.done.returncode == 0 and computer.runs == "Before"
    assert "To the newer one again" in computer.done.stdout
    assert (computer.home / "previous/name").read_text() == "After"


@pytest.mark.parametrize("failing", ["check", "backup"])
def test_a_failed_check_or_backup_stops_it(computer, failing):
    computer.publish()
    script = f'echo "clinic $*" >> {computer.log}\n[ $1 != {failing} ]'
    computer.write(computer.origin / "deploy/clinic", script)
    computer.commit("After")
    if failing == "backup":  # the release that runs makes it
        computer.write(computer.home / "current/deploy/clinic", script)

    called = computer.upgrade()

    assert computer.done.returncode == 1 and "Nothing was changed" in computer.done.stderr
    assert computer.runs == "Before" and "clinic prepare" not in called


def test_a_version_that_never_answers_goes_back(computer):
    computer.publish()
    computer.answers("curl", "exit 22")

    called = computer.upgrade()

    assert computer.done.returncode == 1 and computer.runs == "Before"
    assert called.count("systemctl restart clinic-web@8000") == 2
    assert "systemctl restart clinic-worker" not in called


def test_the_way_back_survives_a_failed_version(computer):
    computer.publish()
    computer.upgrade()
    computer.commit("Broken")
    computer.answers("curl", "exit 22")
    computer.upgrade()
    assert computer.runs == "After"
    computer.answers("curl", "true")

    computer.upgrade("--back")

    assert computer.done.returncode == 0 and computer.runs == "Before"


def test_no_way_back_from_a_failed_first_upgrade(computer):
    computer.publish()
    computer.answers("curl", "exit 22")
    computer.upgrade()
    computer.answers("curl", "true")

    computer.upgrade("--back")

    assert (
        computer.done.returncode == 1 and "There is no release to go back" in computer.done.stderr
    )
    assert computer.runs == "Before"


def test_a_version_by_its_name(computer):
    git(computer.origin, "tag", "v1")
    computer.publish()
    computer.upgrade()

    computer.upgrade("v1")

    assert computer.runs == "Before"
    computer.upgrade("v9")
    assert "There is no version v9" in computer.done.stderr and computer.runs == "Before"
