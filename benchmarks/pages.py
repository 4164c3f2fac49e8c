"""The guide, kept and not, beside an empty view, Django's own page cache, and plain Wagtail."""

import os
import subprocess
import sys
import urllib.request
from contextlib import ExitStack

from _web import (
    ROOT,
    Addressed,
    Target,
    free_port,
    granian,
    in_turns,
    manage,
    process,
    ratios,
    site,
    table,
)

DATABASES = ["sqlite"]
GUIDE = "/guides/iliopsoas/"
BROWSER = ("Accept-Encoding: gzip, deflate, br",)
BLOCKS = 52  # as many as the guide has


def main() -> None:
    manage("prepare")
    manage("seed_guides")
    with ExitStack() as running:
        ours = running.enter_context(site("benchmarks._peer.ours"))
        bare = running.enter_context(site("benchmarks._peer.ours", KEEP_PAGES="false"))
        plain = running.enter_context(plain_wagtail(size(ours + GUIDE)))
        figures = in_turns(
            [
                Target("empty view", f"{ours}/empty", BROWSER),
                Target("guide, kept", ours + GUIDE, BROWSER),
                Target("guide, kept, not packed", ours + GUIDE),
                Target("guide, kept, not modified", ours + GUIDE, etag(ours + GUIDE)),
                Target(
                    "guide through Django's page cache", f"{ours}/through-djangos-cache", BROWSER
                ),
                Target("guide with a query, from kept parts", f"{ours}{GUIDE}?rendered", BROWSER),
                Target("guide, nothing kept", bare + GUIDE, BROWSER),
                Target("plain Wagtail page", f"{plain}/guides/plain/", BROWSER),
                Target("plain Wagtail page with 8 links", f"{plain}/guides/linked/", BROWSER),
            ]
        )
    rate = {name: figure.rate for name, figure in figures.items()}
    print(table(figures, "empty view"))
    print()
    print(
        ratios(
            [
                ("kept ÷ empty view", rate["guide, kept"] / rate["empty view"], 0.8),
                (
                    "kept ÷ Django's page cache",
                    rate["guide, kept"] / rate["guide through Django's page cache"],
                    1,
                ),
                *(
                    (f"{ours} ÷ {peer}", rate[ours] / rate[peer], 1.5)
                    for ours in ("guide with a query, from kept parts", "guide, nothing kept")
                    for peer in ("plain Wagtail page", "plain Wagtail page with 8 links")
                ),
            ]
        )
    )


def size(url: str) -> int:
    with urllib.request.urlopen(url) as answer:
        return len(answer.read())


def etag(url: str) -> tuple[str, ...]:
    with urllib.request.urlopen(url) as answer:
        return (f"If-None-Match: {answer.headers['ETag']}",)


def plain_wagtail(length: int):
    port = free_port()
    env = {
        "DJANGO_SETTINGS_MODULE": "benchmarks._peer.plain.settings",
        "PLAIN_DATABASE_URL": f"sqlite:///{os.environ['VAR_DIR']}/plain.sqlite3",
    }
    make = [sys.executable, "-m", "benchmarks._peer.plain.make", str(length), str(BLOCKS)]
    subprocess.run(make, cwd=ROOT, env=os.environ | env, check=True)
    address = f"http://127.0.0.1:{port}"
    server = process(
        granian("benchmarks._peer.plain.wsgi:application", port),
        env,
        ready=f"{address}/guides/plain/",
    )
    return Addressed(server, address)


if __name__ == "__main__":
    main()
