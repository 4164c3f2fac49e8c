"""A backup is made while visitors press "send", and brought back in a fresh place."""

from __future__ import annotations

import time

from tests.faults.site import Visitors, running


def test_a_backup_under_load_restores(tmp_path, figure, tmp_path_factory):
    fresh = tmp_path_factory.mktemp("fresh")
    with running(tmp_path) as site:
        site.ask("employ")
        (tmp_path / "media").mkdir(exist_ok=True)
        (tmp_path / "media" / "hip.png").write_bytes(b"a picture" * 100_000)
        with Visitors(site.port, site.ask("fill", count=2000)) as visitors:
            visitors.begin(6)
            visitors.wait_for(50)
            before = list(visitors.acknowledged)
            began = time.monotonic()
            site.call("backup")
            took = time.monotonic() - began
            during = len(visitors.acknowledged) - len(before)
            visitors.end()
        gone = site.ask("erase_newest_of", acknowledged=before)
        files = list((tmp_path / "backups").glob("clinic-*"))
        assert len(files) == 1 and during > 0
        with running(fresh, opened=False) as other:
            began = time.monotonic()
            other.call("restore", str(files[0]), "--force")
            again = time.monotonic() - began
            other.open()
            found = other.ask("look", acknowledged=before)
            assert len(found["missing"]) <= 1  # the draft of whoever was erased
            assert found["partial"] == [] and found["inconsistencies"] == []
            assert other.ask("is_erased", **gone) is True
            assert (fresh / "media" / "hip.png").stat().st_size == 900_000
            assert other.ask("log_in") == 200
    figure(
        "A backup under load restores in a fresh place: counts, keys, login; erased stay erased",
        f"made and verified in {took:.1f} s beside {during} new requests, back in {again:.1f} s; "
        f"{len(before)} of {len(before)} earlier requests there",
    )
