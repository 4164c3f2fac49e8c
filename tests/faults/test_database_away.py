"""PostgreSQL is restarted at once, or stands still, while visitors press "send"."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime

import pytest

from tests.faults.site import POSTGRES, Site, Visitors, get, running

pytestmark = pytest.mark.skipif(not POSTGRES, reason="SQLite has no server")
RESTARTS = 3
PAUSE = 12
"""Seconds: longer than the pool waits for a connection."""


@pytest.fixture
def site(tmp_path):
    with running(tmp_path, worker=True) as site:
        yield site


def beats_again(site: Site) -> bool:
    """Whether the worker reports anew within a minute, in the same process."""
    began = datetime.now(tz=UTC)
    for _try in range(30):
        if datetime.fromisoformat(site.ask("beat")) > began:
            return bool(site.worker and site.worker.poll() is None)
        time.sleep(1)
    return False


def check(site: Site, visitors: Visitors) -> int:
    acknowledged = list(visitors.acknowledged)
    found = site.ask("look", acknowledged=acknowledged)
    assert found["missing"] == [] and found["partial"] == [] and found["twice"] == 0
    assert found["inconsistencies"] == []
    assert set(visitors.refused) <= {503}, site.log("serve")
    return len(acknowledged)


def test_restarted_at_once_under_load(site, figure):
    slowest = 0.0
    with Visitors(site.port, site.ask("fill", count=2000)) as visitors:
        visitors.begin(6)
        for _restart in range(RESTARTS):
            visitors.wait_for(20)
            site.postgres.stop()
            began = time.monotonic()
            site.postgres.start()
            visitors.wait_for(1)
            slowest = max(slowest, time.monotonic() - began)
        visitors.wait_for(20)
        visitors.end()
        count = check(site, visitors)
        assert beats_again(site)
    assert slowest <= 10
    figure(
        f"PostgreSQL restarted at once {RESTARTS} times under load: back within 10 s, nothing lost",
        f"{slowest:.1f} s at most; {count} acknowledged, 0 lost; worker alive",
    )


def test_standing_still_under_load(site, figure):
    with Visitors(site.port, site.ask("fill", count=2000)) as visitors:
        # Fewer than the web server has threads: when all of them wait, /livez waits as well.
        visitors.begin(2)
        visitors.wait_for(20)
        site.postgres.signal(signal.SIGSTOP)
        try:
            alive = []
            for _second in range(PAUSE):
                time.sleep(1)
                alive.append(get(site.port, "/livez"))
        finally:
            site.postgres.signal(signal.SIGCONT)
        began = time.monotonic()
        visitors.wait_for(1)
        again = time.monotonic() - began
        visitors.wait_for(20)
        visitors.end()
        count = check(site, visitors)
        assert beats_again(site)
    assert again <= 10
    figure(
        f"PostgreSQL stands still for {PAUSE} s under load: nothing lost, the site goes on by itself",
        f"answers again after {again:.1f} s; {count} acknowledged, 0 lost; "
        f"/livez answered {alive.count(200)} of {PAUSE} times meanwhile",
    )
