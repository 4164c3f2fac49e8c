"""An S3 server and a Redis of a test's own, and the packages that a site needs to use them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.mail import free_port

ROOT = Path(__file__).parents[2]
# moto[server] would bring what every other service of Amazon needs.
SERVER = ("moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5")
KEYS = {"AWS_ACCESS_KEY_ID": "of-the-test", "AWS_SECRET_ACCESS_KEY": "of-the-test-alone"}
# As docs/scale.md gives it to the operator.
EVERYBODY_READS_MEDIA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::clinic/media/*",
        }
    ],
}


def installed(folder: Path, *what: str) -> str:
    """What a PYTHONPATH needs for these packages, which lie in a folder of their own."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile"]
    command += ["--target", str(folder), *what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{what[-1]} could not be installed: {done.stderr.strip()[-300:]}")
    return str(folder)


def shared_packages(folder: Path) -> str:
    """requirements-shared.txt, beside what requirements.txt has."""
    return installed(folder, "--no-deps", "--require-hashes", "-r", "requirements-shared.txt")


class Bucket:
    """`clinic` on an S3 server (moto) that asks for signatures where the bucket's rule does not."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.address = f"http://{self.host}/clinic"
        self.env = KEYS | {"MEDIA_BUCKET": self.address}

    def prepare(self) -> None:
        assert self.ask("PUT", "")[0] == 200
        rule = json.dumps(EVERYBODY_READS_MEDIA).encode()
        assert self.ask("PUT", "?policy", rule)[0] in (200, 204)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes, str]:
        """As anybody may, without a signature: status, body, and how long it may be kept."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(method, f"/clinic{path}", body)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers["Cache-Control"] or ""
        finally:
            connection.close()

    def names(self) -> set[str]:
        """What lies in it, as its keeper sees it."""
        listed = self.ask("GET", "?list-type=2")[1].decode()
        return set(re.findall(r"<Key>([^<]+)</Key>", listed))


@contextlib.contextmanager
def s3(folder: Path) -> Iterator[Bucket]:
    env = os.environ | {"PYTHONPATH": installed(folder, *SERVER)}
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
    try:
        wait_for(port, server)
        bucket = Bucket(port)
        bucket.prepare()
        yield bucket
    finally:
        server.kill()
        server.wait()


class Redis:
    """Keeps nothing on the disk: what dies with it is gone, as with any cache."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = tempfile.mkdtemp(prefix="clinic-redis-")

    def __enter__(self) -> Redis:
        if not shutil.which("redis-server"):
            pytest.skip("redis-server is missing:  sudo apt-get install redis-server")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [*command, "--dir", self.folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(self.port, self.process)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody answers on port {port}")
