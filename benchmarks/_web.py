"""What the benchmarks of the web server share: a server to ask, wrk to ask it, rounds that take turns.

Computers drift by half within an hour, and others may be using this one: everything that a table
compares is measured in turns, round after round, and a figure is the median of its rounds.
"""

import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import serving
from install import ROOT
from serving import free_port

ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = int(os.environ.get("SECONDS_EACH", "3"))
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
LOGIN = os.environ["VAR_DIR"] + "/login"


@dataclass(frozen=True)
class Figure:
    """Requests a second, milliseconds, and answers other than 2xx and 3xx."""

    rate: float
    p50: float
    p99: float
    failed: int


@dataclass(frozen=True)
class Target:
    name: str
    url: str
    headers: tuple[str, ...] = ()


def process(
    command: list[str], env: dict[str, str], *, ready: str = ""
) -> AbstractContextManager[int]:
    log = Path(os.environ["VAR_DIR"]) / f"log-{free_port()}"
    return serving.process(command, env, log, ready=ready)


@contextmanager
def site(settings: str, **env: str) -> Iterator[str]:
    """Our own site with these settings; yields its address."""
    port = free_port()
    address = f"http://localhost:{port}"
    own = {"DJANGO_SETTINGS_MODULE": settings, "PORT": str(port), **env}
    serve = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with process(serve, own, ready=f"{address}/livez"):
        yield address


@contextmanager
def peer(env: dict[str, str], path: str, *, python: str = sys.executable) -> Iterator[str]:
    """A plain Django site, under the server that `manage.py serve` starts; yields its address."""
    from django.conf import settings

    port = free_port()
    address = f"http://localhost:{port}"
    serve = [python, "-m", "granian", "django.core.wsgi:get_wsgi_application", "--factory"]
    serve += ["--interface", "wsgi", "--port", str(port), "--workers", "1"]
    serve += ["--blocking-threads", str(settings.DATABASE_POOL_SIZE), "--log-level", "error"]
    with process(serve, env, ready=address + path):
        yield address


def manage(*arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)


def wrk(target: Target, seconds: int) -> Figure:
    if not shutil.which("wrk"):
        sys.exit("wrk is missing:  sudo apt-get install wrk")
    command = ["wrk", "--latency", "-t1", "-c32", f"-d{seconds}s"]
    command += [word for header in target.headers for word in ("-H", header)]
    done = subprocess.run([*command, target.url], capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
    errors = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", done)
    return Figure(
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1]),
        p50=milliseconds(done, "50%"),
        p99=milliseconds(done, "99%"),
        failed=int(failed[1]) if failed else sum(map(int, errors.groups())) if errors else 0,
    )


def milliseconds(text: str, line: str) -> float:
    number, unit = re.search(rf"{line}\s+([\d.]+)(us|ms|s|m)\b", text).groups()
    return float(number) * UNITS[unit]


def settle(target: Target) -> None:
    """Wait until the server has done with those who were cut off, or the next would wait for them."""
    headers = dict(header.split(": ", 1) for header in target.headers)
    with contextlib.suppress(OSError):
        urllib.request.urlopen(urllib.request.Request(target.url, headers=headers), timeout=60)


def in_turns(targets: list[Target]) -> dict[str, Figure]:
    """Each target in turn, round after round, after one round that does not count."""
    seen: dict[str, list[Figure]] = {target.name: [] for target in targets}
    for number in range(ROUNDS + 1):
        for target in targets if number % 2 else reversed(targets):
            figure = wrk(target, SECONDS if number else 1)
            settle(target)
            if number:
                seen[target.name].append(figure)
                print(f"round {number}: {target.name}: {figure}", file=sys.stderr)
    return {name: median(figures) for name, figures in seen.items()}


def median(figures: list[Figure]) -> Figure:
    *measured, failed = zip(*map(astuple, figures), strict=True)
    return Figure(*map(statistics.median, measured), failed=sum(failed))


def table(figures: dict[str, Figure]) -> str:
    """A Markdown table, whose first row the others are divided by."""
    base = next(iter(figures))
    lines = [
        f"| what | requests/s | × {base} | p50 ms | p99 ms | p99 ÷ p50 | failed |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, one in figures.items():
        lines.append(
            f"| {name} | {one.rate:,.0f} | {one.rate / figures[base].rate:.2f} | {one.p50:.1f} "
            f"| {one.p99:.1f} | {one.p99 / one.p50:.1f} | {one.failed} |"
        )
    return "\n".join(lines)


def ratios(figures: dict[str, Figure], pairs: list[tuple[str, str, float]]) -> str:
    """What was promised and what came out: what, divided by what, wanted at least."""
    lines = ["| promise | wanted | reached |", "|---|---|---|"]
    for one, other, wanted in pairs:
        reached = figures[one].rate / figures[other].rate
        lines.append(f"| {one} ÷ {other} | ≥ {wanted:g} | {reached:.2f} |")
    return "\n".join(lines)
