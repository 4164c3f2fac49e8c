"""Two web servers with addresses and files of their own, on one PostgreSQL, behind one name."""

from __future__ import annotations

import http.client
import itertools
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.faults.shared import Redis, shared_packages
from tests.faults.site import POSTGRES, Site, Visitors, post, read, running

pytestmark = pytest.mark.skipif(not POSTGRES, reason="SQLite is a file of one computer")
HOSTS = ("127.0.0.2", "127.0.0.3")
ROUNDS, CROWD, KILLS = 10, 40, 10
GUIDE = "/guides/iliopsoas/"


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> str:
    return shared_packages(tmp_path_factory.mktemp("packages"))


@pytest.fixture(params=["the database", "Redis"])
def cache(request) -> Iterator[dict[str, str]]:
    """What tells each host that pages have changed: its name, and the settings for it."""
    if request.param == "the database":
        yield {"name": request.param, "CACHE_URL": "dbcache://shared_pages"}
        return
    path = request.getfixturevalue("packages")
    with Redis() as redis:
        yield {"name": request.param, "CACHE_URL": redis.url, "PACKAGES": path}


@contextmanager
def two_hosts(folder, cache: dict[str, str]) -> Iterator[list[Site]]:
    """Nothing is shared but the database, and the two settings that docs/scale.md names."""
    (folder / "shared").mkdir()
    with running(folder / "shared", opened=False) as first:
        hosts = []
        for address in HOSTS:
            own = folder / address
            own.mkdir()
            host = Site(own, first.url, host=address)
            host.env |= {"SECRET_KEY": "the same on both", "CACHE_URL": cache["CACHE_URL"]}
            host.env |= {"KEEP_PAGES_IN_TESTS": "yes"}
            host.packages = cache.get("PACKAGES", "")
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
        if answer[0] == 302 and answer[1].endswith("/sent/"):
            self.acknowledged[draft] = time.monotonic()
            return True
        self.refused[answer[0]] = self.refused.get(answer[0], 0) + 1
        return False


def test_a_race_and_a_death(tmp_path, figure, cache):
    with two_hosts(tmp_path, cache) as hosts:
        winners = [
            race(hosts, drafts) for drafts in hosts[0].ask("crowds", rounds=ROUNDS, crowd=CROWD)
        ]
        assert winners == [1] * ROUNDS

        chance = random.Random(3)
        with Anywhere(hosts, hosts[0].ask("fill", count=1000)) as visitors:
            visitors.begin(2)
            for _kill in range(KILLS):
                visitors.wait_for(4)
                time.sleep(chance.uniform(0, 0.2))
                while not visitors.on_the_way:
                    time.sleep(0.001)
                hosts[1].kill(hosts[1].web)
                visitors.wait_for(4)  # the other one goes on alone
                with visitors.resting():
                    hosts[1].open()
            visitors.end()
        found = hosts[0].ask("look", acknowledged=list(visitors.acknowledged))
        assert found["missing"] == [] and found["partial"] == [] and found["twice"] == 0
        assert found["inconsistencies"] == []
        assert not visitors.refused
    figure(
        f"Two hosts, {cache['name']} as their shared cache: {CROWD} visitors race for one time",
        f"{len(winners)} times 1 winner, 0 × 5xx",
    )
    figure(
        f"Two hosts, {cache['name']} as their shared cache: one killed with -9 {KILLS} times under load",
        f"{len(visitors.acknowledged)} acknowledged, 0 lost; the other went on",
    )


def race(hosts: list[Site], drafts: list[str]) -> int:
    """Everybody presses "send" at once, half on each host; how many got the time."""
    with ThreadPoolExecutor(len(drafts)) as crowd:
        turns = zip(itertools.cycle(hosts), drafts, strict=False)
        answers = list(crowd.map(lambda one: post(one[0].port, one[1], 60, one[0].host), turns))
    assert {status for status, _place in answers} == {302}
    return sum(place.endswith("/sent/") for _status, place in answers)


def test_what_is_shared(tmp_path, figure, cache):
    """A login holds on both; an edit on one is what the other serves next."""
    with two_hosts(tmp_path, cache) as hosts:
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
    figure(
        f"Two hosts, {cache['name']} as their shared cache: login and edits hold on both at once",
        "both",
    )


def test_redis_dies_and_stands_still(tmp_path, figure, packages):
    """Killed under load, then back without its memory, then there and silent."""
    with Redis() as redis:
        settings = {"CACHE_URL": redis.url, "PACKAGES": packages}
        with two_hosts(tmp_path, settings) as hosts:
            hosts[0].call("seed_guides")
            with (
                Readers(hosts) as readers,
                Anywhere(hosts, hosts[0].ask("fill", count=1000)) as visitors,
            ):
                visitors.begin(4)
                visitors.wait_for(8)
                redis.process.kill()
                redis.process.wait()
                visitors.wait_for(12)
                assert all("Words explained" in text for text in pages(hosts))
                hosts[0].ask("publish", words="Words while it was away")
                assert all("Words while it was away" in text for text in pages(hosts))
                redis.start()
                visitors.wait_for(8)
                os.kill(redis.process.pid, signal.SIGSTOP)
                visitors.wait_for(12)
                os.kill(redis.process.pid, signal.SIGCONT)
                visitors.wait_for(4)
                visitors.end()
            time.sleep(6)  # until both ask it again
            hosts[1].ask("publish", words="Words after all that")
            assert all("Words after all that" in text for text in pages(hosts))
            found = hosts[0].ask("look", acknowledged=list(visitors.acknowledged))
    assert found["missing"] == [] and found["partial"] == [] and found["inconsistencies"] == []
    assert not visitors.refused and not visitors.cut
    assert readers.failed == [] and readers.slowest < 10
    figure(
        "Two hosts: Redis killed with -9 under load, back empty, then standing still",
        f"{len(visitors.acknowledged)} acknowledged, 0 lost; {readers.seen} guide pages read meanwhile, "
        f"0 failed, the slowest in {readers.slowest:.1f} s; edits seen on both at once",
    )


def pages(hosts: list[Site]) -> list[str]:
    return [read(host, GUIDE)[1] for host in hosts]


class Readers:
    """One at each host, who reads the guide again and again."""

    def __init__(self, hosts: list[Site]) -> None:
        self.stop, self.failed, self.seen, self.slowest = threading.Event(), [], 0, 0.0
        self.threads = [threading.Thread(target=self.work, args=(host,)) for host in hosts]

    def __enter__(self) -> Readers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def work(self, host: Site) -> None:
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                status = read(host, GUIDE)[0]
            except OSError as error:
                status = error
            if status == 200:
                self.seen += 1
            else:
                self.failed.append(status)
            self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.05)
