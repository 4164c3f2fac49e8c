"""The files of a site that has no mail server: whose mail goes, and whose stays."""

import os
from datetime import timedelta

import pytest

from bookings.messages import local_mailbox
from tests.factories import MONDAY

RULE = "-" * 79 + "\n"


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_FILE_PATH.mkdir()
    return settings.EMAIL_FILE_PATH


def write(folder, name, *ids):
    (folder / name).write_text("".join(f"Message-ID: {one}\n\nHello\n{RULE}" for one in ids))


def kept(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_mail_goes_and_its_neighbours_stay(folder):
    write(folder, "a.log", "<1@x>", "<2@x>", "<3@x>")
    write(folder, "b.log", "<2@x>")
    write(folder, "c.log", "<4@x>")
    write(folder, "d.txt", "<2@x>")
    local_mailbox.forget(["<2@x>", "<9@x>", ""])
    mails = {name: text.count(RULE) for name, text in kept(folder).items()}
    assert mails == {"a.log": 2, "c.log": 1, "d.txt": 1}
    assert "<2@x>" not in kept(folder)["a.log"] and "<3@x>" in kept(folder)["a.log"]


def test_what_is_not_touched_is_not_written(folder):
    write(folder, "a.log", "<1@x>")
    os.utime(folder / "a.log", (0, 0))
    local_mailbox.forget(["<2@x>"])
    local_mailbox.forget([])
    local_mailbox.forget([""])
    assert (folder / "a.log").stat().st_mtime == 0 and "<1@x>" in kept(folder)["a.log"]


def test_old_files_go(folder):
    for name, minutes in (("old.log", -1), ("new.log", 0), ("older.log", -9)):
        write(folder, name, "<1@x>")
        moment = (MONDAY + timedelta(minutes=minutes)).timestamp()
        os.utime(folder / name, (moment, moment))
    assert local_mailbox.forget_before(MONDAY) == 2
    assert list(kept(folder)) == ["new.log"]


def test_a_site_that_has_sent_nothing(folder):
    folder.rmdir()
    assert local_mailbox.files() == []
    assert local_mailbox.forget_before(MONDAY) == 0
