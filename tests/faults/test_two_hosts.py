"""Two web servers with addresses and files of their own, on one PostgreSQL, behind one name."""

from __future__ import annotations

import http.client
import itertools
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.faults.site import POSTGRES, Site, Visitors, post, running

pytestmark = pytest.mark.skipif(not POSTGRES, reason="SQLite is a file of one computer")
HOSTS = ("127.0.0.2", "127.0.0.3")
ROUNDS, CROWD, KILLS = 10, 40, 10


@contextmanager
def two_hosts(folder) -> Iterator[list[Site]]:
    """Nothing is shared but the database, and the two settings that docs/scale.md names."""
    (folder / "shared").mkdir()
    with running(folder / "shared", opened=False) as first:
        hosts = []
        for address in HOSTS:
            own = folder / address
            own.mkdir()
            host = Site(own, first.url, host=address)
            host.env |= {"SECRET_KEY": "the same on both", "CACHE_URL": "dbcache://shared_pages"}
            host.env |= {"KEEP_PAGES_IN_TESTS": "yes"}
            hosts.append(host)
        hosts[0].call("prepare")
        try:
            for host in hosts:
                host.open()
            yield hosts
        finally:
            for host in hosts:
                host.close()


class Anywhere(Visitors):
    """As behind a load balancer: the next host for each, and another one where one is gone."""

    def __init__(self, hosts: list[Site], drafts: list[str]) -> None:
        super().__init__(0, drafts)
        self.turns = itertools.cycle(hosts)

    def post(self, draft: str) -> bool:
        host = next(self.turns)
        self.sent.add(draft)
        self.on_the_way += 1
        try:
            answer = post(host.port, draft, self.timeout, host.host)
        except (OSError, http.client.HTTPException):
            self.cut += 1
            return False
        finally:
            self.on_the_way -= 1
        if answer == (302, "/book/sent/"):
            self.acknowledged[draft] = time.monotonic()
            return True
        self.refused[answer[0]] = self.refused.get(answer[0], 0) + 1
        return False


def test_a_race_and_a_death(tmp_path, figure):
    with two_hosts(tmp_path) as hosts:
        winners = [
            race(hosts, drafts) for drafts in hosts[0].ask("crowds", rounds=ROUNDS, crowd=CROWD)
        ]
        assert winners == [1] * ROUNDS

        chance = random.Random(3)
        with Anywhere(hosts, hosts[0].ask("fill", count=1000)) as visitors:
            visitors.begin(6)
            for _kill in range(KILLS):
                visitors.wait_for(4)
                time.sleep(chance.uniform(0, 0.2))
                while not visitors.on_the_way:
                    time.sleep(0.001)
                hosts[1].kill(hosts[1].web)
                visitors.wait_for(4)  # the other one goes on alone
                hosts[1].open()
            visitors.end()
        found = hosts[0].ask("look", acknowledged=list(visitors.acknowledged))
        assert found["missing"] == [] and found["partial"] == [] and found["twice"] == 0
        assert found["inconsistencies"] == []
        assert not visitors.refused
    figure(
        f"Two hosts on one database: {CROWD} visitors race for one time, {ROUNDS} times",
        f"{len(winners)} × 1 winner, 0 × 5xx",
    )
    figure(
        f"One of two hosts killed with -9 {KILLS} times under load: no acknowledged request lost",
        f"{len(visitors.acknowledged)} acknowledged, 0 lost; the other went on",
    )


def race(hosts: list[Site], drafts: list[str]) -> int:
    """Everybody presses "send" at once, half on each host; how many got the time."""
    with ThreadPoolExecutor(len(drafts)) as crowd:
        turns = zip(itertools.cycle(hosts), drafts, strict=False)
        answers = list(crowd.map(lambda one: post(one[0].port, one[1], 60, one[0].host), turns))
    assert {status for status, _place in answers} == {302}
    return sum(place == "/book/sent/" for _status, place in answers)


def test_what_is_shared(tmp_path, figure):
    """A login holds on both; an edit on one is what the other serves next."""
    with two_hosts(tmp_path) as hosts:
        cookie = hosts[0].ask("session")
        hosts[0].call("seed_guides")
        for host in hosts:
            assert read(host, "/admin/", cookie)[0] == 200
            read(host, "/guides/iliopsoas/")
            assert "ETag" in read(host, "/guides/iliopsoas/")[2]
        for words, by in (("Words from the first", hosts[0]), ("Words from the second", hosts[1])):
            by.ask("publish", words=words)
            for host in hosts:
                assert words in read(host, "/guides/iliopsoas/")[1]
    figure("Two hosts on one database: login and edits hold on both at once", "both")


def read(host: Site, path: str, cookie: str = "") -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(host.host, host.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": "localhost", "Cookie": cookie})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers
    finally:
        connection.close()
