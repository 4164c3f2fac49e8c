"""What the benchmarks of the web server share: a server to ask, wrk to ask it, rounds that take turns.

Computers drift by half within an hour, and others may be using this one: everything that a table
compares is measured in turns, round after round, and a figure is the median of its rounds.
"""

import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 32
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = int(os.environ.get("SECONDS_EACH", "3"))
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


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
    script: str = ""
    connections: int = CONNECTIONS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], env: dict[str, str], *, ready: str = "") -> Iterator[int]:
    """Run a program until the block ends, once `ready` answers; yields its process id."""
    log = Path(os.environ["VAR_DIR"]) / f"log-{free_port()}"
    with log.open("w") as out:
        child = subprocess.Popen(command, cwd=ROOT, env=os.environ | env, stdout=out, stderr=out)
    try:
        if ready:
            wait_for(ready, child, log)
        yield child.pid
    finally:
        child.terminate()
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for(url: str, child: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} does not answer:\n{log.read_text()[-3000:]}")


def granian(wsgi: str, port: int, *, threads: int = 4, python: str = sys.executable) -> list[str]:
    """As `manage.py serve` starts it."""
    command = [python, "-m", "granian", wsgi, "--interface", "wsgi", "--port", str(port)]
    return [*command, "--workers", "1", "--blocking-threads", str(threads), "--log-level", "error"]


@contextmanager
def site(settings: str, **env: str) -> Iterator[str]:
    """Our own site with these settings; yields its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    own = {"DJANGO_SETTINGS_MODULE": settings, "PORT": str(port), **env}
    with process(
        [sys.executable, "manage.py", "serve", "--port", str(port)], own, ready=f"{address}/livez"
    ):
        yield address


class Addressed:
    """A server's address while it runs."""

    def __init__(self, server: AbstractContextManager[int], address: str) -> None:
        self.server, self.address = server, address

    def __enter__(self) -> str:
        self.server.__enter__()
        return self.address

    def __exit__(self, *error: Any) -> None:
        self.server.__exit__(*error)


def manage(*arguments: str, **env: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | env,
        check=True,
        stdout=sys.stderr,
    )


def wrk(target: Target, seconds: int) -> Figure:
    if not shutil.which("wrk"):
        sys.exit("wrk is missing:  sudo apt-get install wrk")
    command = ["wrk", "--latency", "-t1", f"-c{target.connections}", f"-d{seconds}s"]
    for header in target.headers:
        command += ["-H", header]
    if target.script:
        command += ["-s", target.script]
    done = subprocess.run([*command, target.url], capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
    errors = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", done
    )
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
    for target in targets:
        wrk(target, 1)
        settle(target)
    seen: dict[str, list[Figure]] = {target.name: [] for target in targets}
    for number in range(ROUNDS):
        for target in targets if number % 2 else reversed(targets):
            seen[target.name].append(wrk(target, SECONDS))
            settle(target)
            print(f"round {number + 1}: {target.name}: {seen[target.name][-1]}", file=sys.stderr)
    return {name: median(figures) for name, figures in seen.items()}


def median(figures: list[Figure]) -> Figure:
    return Figure(
        rate=statistics.median(f.rate for f in figures),
        p50=statistics.median(f.p50 for f in figures),
        p99=statistics.median(f.p99 for f in figures),
        failed=sum(f.failed for f in figures),
    )


def table(figures: dict[str, Figure], against: str) -> str:
    """A Markdown table; `against` names the row that the others are divided by."""
    base = figures[against].rate
    lines = [
        f"| what | requests/s | × {against} | p50 ms | p99 ms | p99 ÷ p50 | failed |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, one in figures.items():
        lines.append(
            f"| {name} | {one.rate:,.0f} | {one.rate / base:.2f} | {one.p50:.1f} | {one.p99:.1f} "
            f"| {one.p99 / one.p50:.1f} | {one.failed} |"
        )
    return "\n".join(lines)


def ratios(pairs: list[tuple[str, float, float]]) -> str:
    """What was promised, and what came out: name, reached, wanted at least."""
    lines = ["| promise | wanted | reached |", "|---|---|---|"]
    lines += [f"| {name} | ≥ {wanted:g} | {reached:.2f} |" for name, reached, wanted in pairs]
    return "\n".join(lines)
