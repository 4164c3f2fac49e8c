"""granian and gunicorn on our own pages: throughput, overload, and clients that stall."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import _web
from _web import Figure, Target, free_port, granian, in_turns, manage, process

DATABASES = ["postgres"]
GUNICORN = "gunicorn==23.0.0"
KEPT, RENDERED, FORM = "/guides/iliopsoas/", "/guides/iliopsoas/?rendered", "/book/"
STALLED = 10
CROWD = 256


def main() -> None:
    manage("prepare", "--demo", "--first-login", os.environ["VAR_DIR"] + "/login")
    library = Path(os.environ["VAR_DIR"]) / "gunicorn"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(library), GUNICORN]
    subprocess.run(pip, check=True, stdout=sys.stderr)
    gunicorn = [sys.executable, "-m", "gunicorn", "clinic.wsgi:application", "--log-level", "error"]
    commands = {
        **{
            f"granian, {n} thread{'s' if n > 1 else ''}": lambda port, n=n: granian(
                "clinic.wsgi:application", port, threads=n
            )
            for n in (1, 2, 4, 8)
        },
        "gunicorn, 2 sync workers": lambda port: [*gunicorn, f"-b127.0.0.1:{port}", "-w2"],
        "gunicorn, 4 threads": lambda port: [*gunicorn, f"-b127.0.0.1:{port}", "--threads=4"],
    }
    with ExitStack() as running:
        servers = {}
        for name, command in commands.items():
            port = free_port()
            address = f"http://127.0.0.1:{port}"
            env = {"PYTHONPATH": f"{os.environ['PYTHONPATH']}{os.pathsep}{library}"}
            running.enter_context(process(command(port), env, ready=f"{address}/livez"))
            servers[name] = (address, port)
        print(table(servers))


def table(servers: dict[str, tuple[str, int]]) -> str:
    rows = {
        path: in_turns([Target(name, f"{at}{path}") for name, (at, _port) in servers.items()])
        for path in (KEPT, RENDERED, FORM)
    }
    crowded = {name: overload(address) for name, (address, _port) in servers.items()}
    stalled = {}
    for name, (address, port) in servers.items():
        with stalling(port):
            stalled[name] = _web.wrk(Target(name, address + KEPT), 2)
    lines = [
        "| server | kept guide/s | p99 ÷ p50 | rendered guide/s | p99 ÷ p50 | first step/s "
        f"| p99 ÷ p50 | /livez among {CROWD} who wait for rendered pages, worst ms "
        f"| kept guide/s beside {STALLED} stalled clients |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in servers:
        cells = [cell for path in rows for cell in spread(rows[path][name])]
        lines.append(
            f"| {name} | {' | '.join(cells)} | {crowded[name]:,.0f} | {stalled[name].rate:,.0f} |"
        )
    return "\n".join(lines)


def spread(figure: Figure) -> tuple[str, str]:
    return f"{figure.rate:,.0f}", f"{figure.p99 / figure.p50:.1f}"


def overload(address: str) -> float:
    """The longest that a health probe waits (ms) while a crowd asks for pages to be rendered."""
    waited = []

    def probe() -> None:
        for _ in range(8):
            began = time.monotonic()
            try:
                urllib.request.urlopen(f"{address}/livez", timeout=10).read()
            except OSError:
                waited.append(10_000.0)
            else:
                waited.append((time.monotonic() - began) * 1000)
            time.sleep(0.2)

    crowd = Target("crowd", address + RENDERED, connections=CROWD)
    thread = threading.Timer(0.5, probe)
    thread.start()
    _web.wrk(crowd, 4)
    thread.join()
    return max(waited)


@contextmanager
def stalling(port: int) -> Iterator[None]:
    """Clients on bad lines: each has sent half a request, and nothing more comes."""
    half = b"POST /book/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf"
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(STALLED)]
    for client in clients:
        client.sendall(half)
    time.sleep(0.5)
    try:
        yield
    finally:
        for client in clients:
            client.close()


if __name__ == "__main__":
    main()
