"""Lighthouse on the pages that patients meet first: a phone, a slow network, a cold cache.

Visits each page of the demonstration site three times; the table holds the median. Needs Node with npm,
which fetches Lighthouse, and Chromium (CHROME_PATH).
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from _web import LOGIN, manage, site
from browser import find_browser

DATABASES = ["sqlite"]
VERSION = "13.5.0"
FOLDER = Path(os.environ["VAR_DIR"]) / "lighthouse"
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = {
    "guide": "/guides/iliopsoas/",
    "home": "/",
    "booking start": "/book/",
    "practice": "/guides/iliopsoas/routine/",
    "handout": "/guides/iliopsoas/print/",
    "guide, Spanish": "/es/guides/iliopsoas/",
}
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
VISITS = 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
HEAD = """| page | performance | accessibility | best practices | SEO | largest paint | layout shift \
| over the wire | of it script | third-party requests |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""

Report = dict[str, Any]


def main() -> int:
    if not shutil.which("npm") or not find_browser():
        sys.exit("Lighthouse needs Node 20 or newer with npm, and Chromium (or CHROME_PATH).")
    fetch = ["npm", "install", "--silent", "--ignore-scripts", "--prefix", str(FOLDER)]
    subprocess.run([*fetch, f"lighthouse@{VERSION}"], check=True, stdout=sys.stderr)
    manage("prepare", "--demo", "--first-login", LOGIN)
    with site("clinic.settings") as address:
        seen = {n: [visit(address + path) for _ in range(VISITS)] for n, path in PAGES.items()}
    print(HEAD, *(row(name, reports) for name, reports in seen.items()), sep="\n")
    print(f"\nLighthouse {VERSION}, mobile, median of {VISITS} visits, cold cache.")
    return 0 if all(fits(reports) for reports in seen.values()) else 1


def visit(url: str) -> Report:
    """One report, as Lighthouse writes it: mobile is what it emulates unless told otherwise."""
    command = ["node", str(PROGRAM), url, "--output=json", "--quiet", f"--chrome-flags={FLAGS}"]
    command += [f"--only-categories={','.join(LEAST)}"]
    env = os.environ | {"CHROME_PATH": find_browser()}
    report = json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout)
    for category, least in LEAST.items():
        for ref in report["categories"][category]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            below = score(report, category) < least and ref["weight"] and audit["score"] is not None
            if below and audit["score"] < 1:
                why = f"{audit['title']} {audit.get('displayValue', '')}"
                print(f"{url} {category}: {why}", file=sys.stderr)
    return report


def score(report: Report, category: str) -> int:
    return round(100 * (report["categories"][category]["score"] or 0))


def middle(reports: list[Report], category: str) -> int:
    return round(median(score(report, category) for report in reports))


def fits(reports: list[Report]) -> bool:
    return all(middle(reports, name) >= least for name, least in LEAST.items())


def weight(report: Report) -> tuple[float, float, int]:
    """Kilobytes over the wire, of them script, and requests to any other host."""
    items = report["audits"]["network-requests"]["details"]["items"]
    items = [item for item in items if item["url"].startswith("http")]
    home = report["finalDisplayedUrl"].split("/")[2]
    sent = sum(item["transferSize"] for item in items) / 1000
    script = sum(i["transferSize"] for i in items if i.get("resourceType") == "Script") / 1000
    return sent, script, sum(item["url"].split("/")[2] != home for item in items)


def row(name: str, reports: list[Report]) -> str:
    def value(audit: str) -> float:
        return median(report["audits"][audit]["numericValue"] for report in reports)

    scores = " | ".join(str(middle(reports, category)) for category in LEAST)
    paint, shift = value("largest-contentful-paint") / 1000, value("cumulative-layout-shift")
    sent, script, third = max(map(weight, reports))
    wire = f"{sent:.0f} kB | {script:.0f} kB | {third}"
    return f"| {name} | {scores} | {paint:.1f} s | {shift:.3f} | {wire} |"


if __name__ == "__main__":
    sys.exit(main())
