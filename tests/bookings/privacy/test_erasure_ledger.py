"""The ledger of erasures: every copy of it has every line."""

from datetime import timedelta

import pytest

from bookings.enums import ErasureReason
from bookings.models import Erasure
from bookings.privacy import erasure_ledger
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
ASKED = ErasureReason.ASKED


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    return tmp_path


@pytest.mark.postgresql
def test_each_erasure_is_a_line_everywhere(places):
    """Also where the folder for backups is not there yet; only the site's user reads it."""
    keys = {f"key {number}": MONDAY + timedelta(days=number) for number in range(3)}
    known = {erasure_ledger.digest_of(key): at for key, at in keys.items()}
    for digest, at in known.items():
        erasure_ledger.enter(digest, because=ASKED, now=at)
    rows = Erasure.objects.values_list("digest", "because", "at")
    assert set(rows) == {(digest, ASKED, at) for digest, at in known.items()}
    lines = {digest: at.isoformat() for digest, at in known.items()}
    for path in erasure_ledger.files():
        assert dict(erasure_ledger.LINE.findall(path.read_text())) == lines
        assert path.stat().st_mode & 0o777 == 0o600
    assert erasure_ledger.entries() == lines
    assert (places / "backups").stat().st_mode & 0o777 == 0o700


def test_the_folder_of_backups_is_made(places, settings):
    settings.BACKUP_DIR = places / "far" / "away"
    erasure_ledger.enter("0" * 64, because=ASKED, now=MONDAY)
    assert (places / "far" / "away" / erasure_ledger.FILE).exists()


def test_each_copy_gets_what_it_lacks(places):
    here, there = erasure_ledger.files()
    erasure_ledger.append(here, [f"{'1' * 64} then"])
    more = places / "restored"
    erasure_ledger.append(more, [f"{'2' * 64} once"])
    known = erasure_ledger.entries(more, places / "none")
    assert known == {"1" * 64: "then", "2" * 64: "once"}
    for _twice in range(2):
        erasure_ledger.complete(known)
    for path in (here, there):
        found = erasure_ledger.LINE.findall(path.read_text())
        assert sorted(found) == sorted(known.items()), path
