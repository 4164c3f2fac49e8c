"""The guide through nginx with TLS, as deploy/ sets it up, beside a static file of the same size.

The file lies where the site's own static files do, packed ahead as they are, with their headers.
"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bin"))

from _web import SECONDS, Target, in_turns, ratios, table, wrk
from deployment import NAME, Deployment

DATABASES = ["postgres"]  # its own
FILE, GUIDE = "a file of the same size", "guide, kept by nginx"


def main() -> None:
    with Deployment(sys.executable) as site:
        # As Chromium and Firefox write it.
        headers = (f"Host: {NAME}", "Accept-Encoding: gzip, deflate, br, zstd")
        guide = site.ask("GET", "/guides/iliopsoas/", **{"Accept-Encoding": "br"})
        for name in ("same-size.css", "same-size.css.gz"):
            (site.folder / "static" / name).write_bytes(guide.body)
        at = f"https://127.0.0.1:{site.ports['https']}"
        file = Target(FILE, f"{at}/static/same-size.css", headers)
        kept = Target(GUIDE, f"{at}/guides/iliopsoas/", headers)
        asked = (*headers, "Cookie: messages=")
        figures = in_turns(
            [file, kept, Target("guide, asked of the site each time", kept.url, asked)]
        )
        work = {target.name: processor(site, target) for target in (file, kept)}
    print(f"Bodies of {len(guide.body):,} bytes, over TLS.\n")
    print(table(figures, FILE))
    print()
    if all(work.values()):
        print("nginx's own work for one: " + ", ".join(f"{n} {t:.0f} µs" for n, t in work.items()))
        print()
    rate = figures[GUIDE].rate / figures[FILE].rate
    print(ratios([("guide through nginx ÷ a file", rate, 0.8)]))


def processor(site: Deployment, target: Target) -> float:
    """Microseconds that nginx's workers compute for one request, the best of five; 0 where unknown."""
    found = []
    for _ in range(5):
        before = computed(site)
        figure = wrk(target, SECONDS)
        found.append((computed(site) - before) / 1000 / (figure.rate * SECONDS))
    return min(found)


def computed(site: Deployment) -> int:
    """Nanoseconds that nginx's workers have run (Linux)."""
    parent = str(site.running["nginx"].pid)
    children = subprocess.run(["pgrep", "-P", parent, "nginx"], capture_output=True, text=True)
    stats = [Path(f"/proc/{pid}/schedstat") for pid in children.stdout.split()]
    return sum(int(stat.read_text().split()[0]) for stat in stats if stat.exists())


if __name__ == "__main__":
    main()
