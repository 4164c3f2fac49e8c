"""bin/test.py says what is missing where it may not install it, and adds up honestly."""

import importlib
import os
import re
import shutil
import sys

import pytest
from django.conf import settings


@pytest.fixture
def command(monkeypatch):
    """bin/test.py, on a computer without a browser, for somebody who is not root."""
    monkeypatch.syspath_prepend(str(settings.BASE_DIR / "bin"))
    monkeypatch.delitem(sys.modules, "test", raising=False)
    command = importlib.import_module("test")
    monkeypatch.setattr(command, "find_browser", lambda: None)
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(command.own_browser, "use", lambda: "no network")
    return command


def test_it_says_what_to_install(command, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")

    assert re.search("sudo apt-get install .*chromium", command.install_browser())


def test_who_is_not_root_gets_a_browser(command, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(command.own_browser, "use", lambda: "")

    assert command.install_browser() == ""


def test_without_apt_it_names_the_browser_alone(command, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert re.search("Chromium or Chrome.*CHROME_PATH", command.install_browser())


class Postgres:
    """Nothing is asked of it here."""

    url = ""

    def __init__(self, *, within):
        self.within = within

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def test_without_a_browser_all_else_runs_and_fails(command, monkeypatch, capsys):
    ran = []
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    monkeypatch.setattr(command, "install", lambda *_: "python")
    monkeypatch.setattr(command, "Server", Postgres)
    monkeypatch.setattr(command, "side_by_side", lambda stages: ran.extend(stages) or stages)

    assert command.main([]) == 1

    said = capsys.readouterr().out
    assert said.index("sudo apt-get install") < said.index("stages passed, 0 failed")
    assert "NOT RUN: the journeys" in said.splitlines()[-1]
    names = [stage.name for stage in ran]
    assert "tests on SQLite" in names and "journeys on SQLite" not in names


def test_where_it_may_it_installs_the_quicker_browser(command, monkeypatch):
    asked = []
    monkeypatch.setattr(shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(command, "packaged", lambda *names: asked.append(names) or "")
    monkeypatch.setattr(command, "find_browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(command.Path, "rglob", lambda *_: iter(["/usr/lib/libatomic.so.1"]))

    command.install_browser()

    assert [names[0] for names in asked] == ["chromium-headless-shell"]


def test_one_failed_stage_fails_the_whole(command, capsys):
    good = command.Stage("good", [sys.executable, "-c", "pass"]).run()
    bad = command.Stage("bad", [sys.executable, "-c", "exit('because')"]).run()

    assert (command.summary([good]), command.summary([good, bad])) == (0, 1)
    assert bad.output == "because\n"
    assert "1 stages passed, 1 failed" in capsys.readouterr().out


def folders_of(command):
    """The folders of tests that this command of pytest runs."""
    given = {settings.BASE_DIR / path for path in command if path.startswith("tests")}
    left_out = {settings.BASE_DIR / path[9:] for path in command if path.startswith("--ignore=")}
    every = {path.parent for path in (settings.BASE_DIR / "tests").rglob("test_*.py")}
    above = {folder: {folder, *folder.parents} for folder in every}
    return [f for f in every if above[f] & given and not above[f] & left_out]


def test_every_folder_of_tests_runs_once(command):
    stages = command.tests("python", {"SQLite": "", "PostgreSQL": ""}, "")
    every = {path.parent for path in (settings.BASE_DIR / "tests").rglob("test_*.py")}
    programs = settings.BASE_DIR / "tests" / "bin"
    for database, wanted in {"SQLite": every, "PostgreSQL": every - {programs}}.items():
        ran = [folders_of(s.command) for s in stages if s.name.endswith(f" on {database}")]
        assert sorted(sum(ran, [])) == sorted(wanted)


def test_a_commit_runs_every_check(command):
    hooks = (settings.BASE_DIR / ".pre-commit-config.yaml").read_text()
    for check in command.checks("python"):
        name = f'"{check.name}"' if " " in check.name else check.name
        assert re.search(rf"--checks .*{name}", hooks), name


def test_an_unknown_check_is_an_error(command, monkeypatch, capsys):
    monkeypatch.setattr(command, "install", lambda *_: sys.executable)
    monkeypatch.setenv("PATH", os.environ["PATH"])
    assert command.main(["--checks", "lnit"]) == 2
    assert "lnit" in capsys.readouterr().out


def test_what_is_slow_runs_with_all(command, monkeypatch):
    def wanted():
        stages = command.tests("python", {"SQLite": "", "PostgreSQL": ""}, "")
        return {word for stage in stages for word in stage.command if word.count("not ")}

    quick = "not faults and not thorough"
    assert wanted() == {f"{quick} and not postgresql", f"{quick} and (both or postgresql)"}
    monkeypatch.setenv("ALL", "yes")
    assert wanted() == {"not faults"}
