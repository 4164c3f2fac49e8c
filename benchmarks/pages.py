"""The guide, cached and not, beside an empty view, Django's own page cache, and plain Wagtail."""

import os
import subprocess
import sys
import urllib.request
from contextlib import ExitStack

from _web import ROOT, Target, in_turns, manage, peer, ratios, site, table

DATABASES = ["sqlite"]
GUIDE = "/guides/iliopsoas/"
BROWSER = ("Accept-Encoding: gzip, deflate, br",)
BLOCKS = 52  # as many as the guide has


def main() -> None:
    manage("prepare")
    manage("seed_guides")
    with ExitStack() as running:
        ours = running.enter_context(site("benchmarks._peer.ours"))
        with urllib.request.urlopen(ours + GUIDE) as guide:
            known = (f"If-None-Match: {guide.headers['ETag']}",)
            env = make_plain(len(guide.read()))
        plain = running.enter_context(peer(env, "/guides/plain/"))
        figures = in_turns(
            [
                Target("empty view", f"{ours}/empty", BROWSER),
                Target("guide, cached", ours + GUIDE, BROWSER),
                Target("guide, cached, not packed", ours + GUIDE),
                Target("guide, cached, not modified", ours + GUIDE, known),
                Target("Django's page cache", f"{ours}/through-djangos-cache", BROWSER),
                # An address with a query is never answered from the cache.
                Target("guide, rendered", f"{ours}{GUIDE}?rendered", BROWSER),
                Target("plain Wagtail page", f"{plain}/guides/plain/", BROWSER),
                Target("plain Wagtail page with 8 links", f"{plain}/guides/linked/", BROWSER),
            ]
        )
    wanted = [
        ("guide, cached", "empty view", 0.8),
        ("guide, cached", "Django's page cache", 1),
        ("guide, rendered", "plain Wagtail page", 0.25),
        ("guide, rendered", "plain Wagtail page with 8 links", 0.5),
    ]
    print(table(figures), ratios(figures, wanted), sep="\n\n")


def make_plain(size: int) -> dict[str, str]:
    """The environment of a plain site whose pages have this many bytes."""
    env = {
        "DJANGO_SETTINGS_MODULE": "benchmarks._peer.plain.settings",
        "PLAIN_DATABASE_URL": f"sqlite:///{os.environ['VAR_DIR']}/plain.sqlite3",
    }
    make = [sys.executable, "-m", "benchmarks._peer.plain.make", str(size), str(BLOCKS)]
    subprocess.run(make, cwd=ROOT, env=os.environ | env, check=True)
    return env


if __name__ == "__main__":
    main()
