"""Lighthouse on the pages that patients meet first: a phone, a slow network, a cold cache.

Serves the demonstration site as `manage.py serve` does and visits each page three times; the table
holds the median. Needs Node and Chromium (CHROME_PATH); Lighthouse itself is installed from
benchmarks/node/ on the first run.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

DATABASES = ["sqlite"]
ROOT = Path(__file__).resolve().parent.parent
NODE = Path(__file__).resolve().parent / "node"
LIGHTHOUSE = NODE / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = {"guide": "/guides/iliopsoas/", "home": "/", "booking start": "/book/"}
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
VISITS = 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    node, browser = needed()
    install()
    port = free_port()
    server = serve(port)
    try:
        wait_for(port)
        reports = {
            name: [visit(node, browser, f"http://localhost:{port}{path}") for _ in range(VISITS)]
            for name, path in PAGES.items()
        }
    finally:
        server.terminate()
        server.wait()
    print("\n".join(table(reports)))
    return 0 if all(fits(found) for found in reports.values()) else 1


def needed() -> tuple[str, str]:
    """Node and a browser, or a sentence that says what is missing."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        sys.exit("Lighthouse needs Node 20 or newer with npm: install it, or leave this one out.")
    found = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        sys.exit("Lighthouse needs Chromium or Chrome: install it, or set CHROME_PATH.")
    return node, found


def install() -> None:
    if not LIGHTHOUSE.exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=NODE, check=True, stdout=sys.stderr)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def serve(port: int) -> subprocess.Popen[bytes]:
    manage = [sys.executable, str(ROOT / "manage.py")]
    env = os.environ | {"PORT": str(port)}
    login = Path(os.environ["VAR_DIR"]) / "first-login.txt"
    subprocess.run(
        [*manage, "prepare", "--demo", "--first-login", str(login)],
        env=env,
        cwd=ROOT,
        check=True,
        stdout=sys.stderr,
    )
    return subprocess.Popen([*manage, "serve"], env=env, cwd=ROOT, stdout=sys.stderr)


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            urlopen(f"http://localhost:{port}/readyz", timeout=5).close()  # noqa: S310
        except OSError:
            time.sleep(0.3)
        else:
            return
    sys.exit("The site did not start.")


def visit(node: str, browser: str, url: str) -> dict[str, Any]:
    """One report, as Lighthouse writes it: mobile is what it emulates unless told otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [node, str(LIGHTHOUSE), url, "--output=json", f"--output-path={path}", "--quiet"]
        command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}"]
        subprocess.run(
            command, env=os.environ | {"CHROME_PATH": browser}, check=True, stdout=sys.stderr
        )
        report: dict[str, Any] = json.loads(path.read_text())
    tell(url, report)
    return report


def tell(url: str, report: dict[str, Any]) -> None:
    """Whatever keeps a category below its mark, on the terminal."""
    for category in CATEGORIES:
        if score(report, category) >= LEAST[category]:
            continue
        for ref in report["categories"][category]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 1:
                shown = audit.get("displayValue", "")
                print(f"{url} {category}: {audit['title']} {shown}", file=sys.stderr)


def score(report: dict[str, Any], category: str) -> int:
    return round(100 * (report["categories"][category]["score"] or 0))


def middle(reports: list[dict[str, Any]], category: str) -> int:
    return round(median(score(report, category) for report in reports))


def fits(reports: list[dict[str, Any]]) -> bool:
    return all(middle(reports, name) >= least for name, least in LEAST.items())


def weight(report: dict[str, Any]) -> tuple[float, float, int]:
    """Kilobytes over the wire, of them script, and requests to any other host."""
    items = report["audits"]["network-requests"]["details"]["items"]
    home = report["finalDisplayedUrl"].split("/")[2]
    ours = [item for item in items if item["url"].startswith(("http://", "https://"))]
    sent = sum(item["transferSize"] for item in ours) / 1000
    script = sum(i["transferSize"] for i in ours if i.get("resourceType") == "Script") / 1000
    return sent, script, sum(item["url"].split("/")[2] != home for item in ours)


def table(reports: dict[str, list[dict[str, Any]]]) -> list[str]:
    rows = [
        "| page | performance | accessibility | best practices | SEO | largest paint | layout shift "
        "| over the wire | of it script | third-party requests |",
        "|---|" + "--:|" * 9,
    ]
    for name, found in reports.items():
        scores = " | ".join(str(middle(found, category)) for category in CATEGORIES)
        audits = [report["audits"] for report in found]
        paint = median(audit["largest-contentful-paint"]["numericValue"] for audit in audits)
        shift = median(audit["cumulative-layout-shift"]["numericValue"] for audit in audits)
        sent, script, third = max(weight(report) for report in found)
        rows.append(
            f"| {name} | {scores} | {paint / 1000:.1f} s | {shift:.3f} "
            f"| {sent:.0f} kB | {script:.0f} kB | {third} |"
        )
    version = next(iter(reports.values()))[0]["lighthouseVersion"]
    return [*rows, "", f"Lighthouse {version}, mobile, median of {VISITS} visits, cold cache."]


if __name__ == "__main__":
    sys.exit(main())
