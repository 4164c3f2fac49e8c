"""The web server is killed with -9 while visitors press "send"."""

from __future__ import annotations

import random
import time

from tests.faults.site import Visitors, running

KILLS = 50


def test_every_acknowledged_request_is_there(tmp_path, figure):
    with running(tmp_path) as site, Visitors(site.port, site.ask("fill", count=3000)) as visitors:
        chance, in_flight = random.Random(7), 0
        visitors.begin(6)
        for _kill in range(KILLS):
            visitors.wait_for(3)
            time.sleep(chance.uniform(0, 0.2))
            while not visitors.on_the_way:
                time.sleep(0.001)
            in_flight += visitors.on_the_way
            site.kill(site.web)
            site.open()
        visitors.wait_for(10)
        visitors.end()
        acknowledged = list(visitors.acknowledged)
        found = site.ask("look", acknowledged=acknowledged)
        assert in_flight >= KILLS and visitors.cut >= KILLS
        assert found["missing"] == [] and found["partial"] == []
        assert found["inconsistencies"] == [] and found["twice"] == 0
        assert len(acknowledged) <= found["requests"] <= len(visitors.sent)
    figure(
        f"Web server killed with -9 {KILLS} times in mid-POST: no acknowledged request lost",
        f"{len(acknowledged)} acknowledged, 0 lost, 0 in part; {visitors.cut} answers cut off",
    )
