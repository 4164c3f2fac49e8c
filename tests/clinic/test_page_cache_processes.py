"""An edit in one process is what every other process serves next."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests import database

ROOT = Path(__file__).parents[2]


class Process:
    def __init__(self, cache_url):
        env = os.environ | {
            "DATABASE_URL": database.url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "CACHE_URL": cache_url,
            "PYTHONPATH": str(ROOT),
        }
        self.child = subprocess.Popen(
            [sys.executable, "tests/clinic/reader.py"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.hear() == "ready"

    def hear(self):
        return json.loads(self.child.stdout.readline())

    def __call__(self, action, words):
        self.child.stdin.write(json.dumps([action, words]) + "\n")
        self.child.stdin.flush()
        return self.hear()

    def end(self):
        self.child.communicate(timeout=20)


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "cache_url, hit",
    # A mark in a file is the same beside any database; one in the database is not.
    [("", 0), ("dbcache://shared_marks", 1)],
)
def test_an_edit_is_visible_in_every_process(cache_url, hit):
    call_command("seed_guides", "--one-language", verbosity=0)
    editor, reader = Process(cache_url), Process(cache_url)
    try:
        reader("read", "")  # the very first page makes the row of the clinic's settings
        for action, words in [
            ("publish", "Words of the editor"),
            ("rename", "The clinic by another name"),
            ("schedule", "Words that waited"),
        ]:
            assert not reader("read", words)["found"]
            assert reader("read", words)["queries"] == hit

            editor(action, words)

            assert reader("read", words)["found"]
            assert reader("read", words) == {"found": True, "queries": hit}
            assert editor("read", words)["found"]
    finally:
        editor.end()
        reader.end()
