"""The guide through nginx with TLS, as `make rehearse` sets it up, beside a file of the same size."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bin"))

from _web import Target, in_turns, ratios, table
from rehearse import NAME, Deployment

DATABASES = ["postgres"]  # its own


def main() -> None:
    with Deployment(sys.executable) as site:
        headers = (f"Host: {NAME}", "Accept-Encoding: br, gzip")
        guide = site.ask("GET", "/guides/iliopsoas/", **{"Accept-Encoding": "br"})
        (site.folder / "static" / "same-size.txt").write_bytes(guide.body)
        at = f"https://127.0.0.1:{site.ports['https']}"
        figures = in_turns(
            [
                Target("a file of the same size", f"{at}/static/same-size.txt", headers),
                Target("guide, kept by nginx", f"{at}/guides/iliopsoas/", headers),
                Target(
                    "guide, asked of the site each time",
                    f"{at}/guides/iliopsoas/",
                    (*headers, "Cookie: messages="),
                ),
            ]
        )
    print(f"Bodies of {len(guide.body):,} bytes, over TLS.\n")
    print(table(figures, "a file of the same size"))
    print()
    rate = figures["guide, kept by nginx"].rate / figures["a file of the same size"].rate
    print(ratios([("guide through nginx ÷ a file", rate, 0.8)]))


if __name__ == "__main__":
    main()
