"""deploy/ as it stands, on this computer, without systemd and without root's folders.

Takes the commands from the unit files and nginx's configuration as it is, with other folders and ports;
starts PostgreSQL, a mail server, two web servers, the worker and nginx with TLS. Everything lies in one
folder under /tmp that goes at the end. `make rehearse` uses it.
"""

import email
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

from install import ROOT
from pgtemp import Server
from serving import START_SECONDS, free_port, wait_for
from visitor import Answer

DEPLOY = ROOT / "deploy"
NAME = "clinic.example.org"
# All visitors of a rehearsal come from one address.
ROOM = {
    "rate=30r/s": "rate=100001r/s",
    "rate=60r/m": "rate=100002r/s",
    "limit_conn clinic_lines 50;": "limit_conn clinic_lines 1000;",
}
ROOM_TO_BOOK = {
    "OPEN_HOLDS_PER_NETWORK": "100000",
    "OPEN_HOLDS_PER_WIDE_NETWORK": "100000",
    "UNPROVEN_HOLDS_A_DAY": "100000",
    "LIMITS": "start=100000/60,ask=100000/60",
}


class Deployment:
    """The whole of deploy/ in a folder of its own, from `with` to the end of its block."""

    def __init__(self, python: str) -> None:
        # Where Debian puts nginx, and looks for it only as root.
        os.environ["PATH"] += f"{os.pathsep}/usr/sbin"
        if not shutil.which("nginx") or not shutil.which("openssl"):
            sys.exit("Missing:  sudo apt-get install nginx openssl")
        self.python = python
        self.folder = Path(tempfile.mkdtemp(prefix="clinic-rehearsal-", dir="/tmp"))
        self.folder.chmod(0o755)  # nginx reads static files as another account
        self.ports = {name: free_port() for name in ("http", "https", "8000", "8001", "mail")}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.database = Server()

    def __enter__(self) -> "Deployment":
        try:
            self.database.__enter__()
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for child in self.running.values():
            child.terminate()
        for child in self.running.values():
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
        self.database.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    def begin(self) -> None:
        for name in ("static", "media", "var", "log", "cache", "acme"):
            (self.folder / name).mkdir()
        self.environment = self.folder / "environment"
        self.environment.write_text(self.filled_in())
        self.start(
            "mail", [self.python, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.ports['mail']}"]
        )
        self.run_unit("clinic-prepare.service")
        manage = [self.python, "manage.py", "prepare", "--demo"]
        self.call([*manage, "--first-login", str(self.folder / "first-login")])
        for port in ("8000", "8001"):
            self.start_web(port)
        self.start("worker", self.command("clinic-worker.service"))
        self.start_nginx()

    def filled_in(self) -> str:
        """The environment example with what an operator would fill in."""
        text = (DEPLOY / "environment.example").read_text()
        replaced = {
            "SECRET_KEY": "r" * 30 + "eh34rs4l" * 4,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.ports['mail']}",
            "VAR_DIR": str(self.folder / "var"),
            "STATIC_ROOT": str(self.folder / "static"),
            "MEDIA_ROOT": str(self.folder / "media"),
        }
        for name, value in replaced.items():
            text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        more = {"DATABASE_URL": self.database.url, **ROOM_TO_BOOK}
        return text + "".join(f"{name}={value}\n" for name, value in more.items())

    def env(self) -> dict[str, str]:
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return clean | {"ENV_FILE": str(self.environment), "PYTHONUNBUFFERED": "1"}

    def command(self, unit: str, port: str = "") -> list[str]:
        """What the unit file starts, with our Python and our port."""
        line = re.search(r"^ExecStart=(.*)$", (DEPLOY / unit).read_text(), re.MULTILINE)[1]
        words = line.replace("%i", str(self.ports.get(port, port))).split()
        return [self.python, "manage.py", *words[1:]]

    def run_unit(self, unit: str) -> None:
        self.call(self.command(unit))

    def call(self, command: list[str]) -> None:
        subprocess.run(command, cwd=ROOT, env=self.env(), check=True, stdout=subprocess.DEVNULL)

    def start(self, name: str, command: list[str]) -> None:
        with (self.folder / "log" / name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.env(), stdout=log, stderr=log
            )

    def start_web(self, port: str) -> None:
        self.start(port, self.command("clinic-web@.service", port))
        self.until_ready(port)

    def until_ready(self, port: str) -> None:
        address = f"http://127.0.0.1:{self.ports[port]}/readyz"
        headers = {"Host": NAME, "X-Forwarded-Proto": "https"}
        wait_for(address, self.running[port], self.folder / "log" / port, headers)

    def log(self, name: str) -> str:
        return (self.folder / "log" / name).read_text()[-3000:]

    def restart_web(self, port: str) -> None:
        """As `systemctl restart` does: ask it to end, wait, start it anew."""
        child = self.running[port]
        child.send_signal(signal.SIGTERM)
        child.wait(START_SECONDS)
        self.start_web(port)
        time.sleep(3)  # as deploy/upgrade.sh: nginx trusts it again after two

    def start_nginx(self) -> None:
        self.certify()
        (self.folder / "clinic-proxy.conf").write_text(self.placed("nginx-proxy.conf"))
        shutil.copytree(DEPLOY / "errors", self.folder / "errors")
        paths = "".join(
            f"{name}_temp_path {self.folder}/cache/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"pid {self.folder}/nginx.pid;\nworker_processes 2;\nerror_log {self.folder}/log/nginx;\n"
            f"daemon off;\nevents {{ worker_connections 1024; }}\n"
            f"http {{\ninclude /etc/nginx/mime.types;\nsendfile on;\n{paths}"
            f"{self.placed('nginx.conf')}\n}}\n"
        )
        self.open_nginx("nginx", self.ports["https"])

    def open_nginx(self, name: str, port: int) -> None:
        """With the configuration of this name, until it answers on its port."""
        command = ["nginx", "-p", str(self.folder), "-c", str(self.folder / f"{name}.conf")]
        tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
        if tried.returncode:
            sys.exit(f"nginx refuses its configuration:\n{tried.stderr}")
        self.start(name, command)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        sys.exit(f"nginx does not start:\n{self.log(name)}")

    @contextmanager
    def another_nginx(self, name: str, replaced: dict[str, str]) -> Iterator[int]:
        """A second nginx, with other words in its configuration; yields its port."""
        text = (self.folder / "nginx.conf").read_text()
        ports = {str(self.ports[name]): str(free_port()) for name in ("http", "https")}
        places = {"nginx.pid": f"{name}.pid", f"{self.folder}/cache": f"{self.folder}/{name}"}
        for old, new in (replaced | ports | places).items():
            text = text.replace(old, new)
        (self.folder / name).mkdir()
        (self.folder / f"{name}.conf").write_text(text)
        port = int(ports[str(self.ports["https"])])
        self.open_nginx(name, port)
        try:
            yield port
        finally:
            self.running[name].terminate()

    def strict_nginx(self) -> AbstractContextManager[int]:
        """With no more room for one client than a real one gives."""
        return self.another_nginx("strict", {new: old for old, new in ROOM.items()})

    def nginx_alone(self) -> AbstractContextManager[int]:
        """With no web server behind it."""
        ports = {f"127.0.0.1:{self.ports[port]}": "127.0.0.1:1" for port in ("8000", "8001")}
        return self.another_nginx("alone", ports)

    def certify(self) -> None:
        """The certificate that nginx starts with."""
        env = os.environ | {"CLINIC_TLS": str(self.folder / "tls")}
        subprocess.run([DEPLOY / "certificate.sh", NAME], env=env, check=True)

    def placed(self, name: str) -> str:
        """A file of deploy/ with this rehearsal's folders and ports, and room for its one client."""
        text = (DEPLOY / name).read_text()
        if name == "nginx.conf":
            text = subprocess.check_output([DEPLOY / "nginx.sh", NAME], text=True)
        for old, new in {
            "/etc/nginx/clinic-tls": self.folder / "tls",
            "/var/www/clinic-acme": self.folder / "acme",
            "/etc/nginx/clinic-proxy.conf": self.folder / "clinic-proxy.conf",
            "/etc/nginx/clinic-errors/": f"{self.folder}/errors/",
            "/var/cache/nginx/clinic": self.folder / "cache" / "pages",
            "/var/log/nginx/clinic-error.log": self.folder / "log" / "nginx-clinic",
            "/srv/clinic-static/": f"{self.folder}/static/",
            "/srv/clinic-media/": f"{self.folder}/media/",
            "127.0.0.1:8000": f"127.0.0.1:{self.ports['8000']}",
            "127.0.0.1:8001": f"127.0.0.1:{self.ports['8001']}",
            "listen 80": f"listen {self.ports['http']}",
            "listen 443 ssl": f"listen {self.ports['https']} ssl",
            **ROOM,
        }.items():
            text = text.replace(old, str(new))
        return re.sub(r"^\s*listen \[::\].*\n", "", text, flags=re.MULTILINE)

    def requests(self, references: list[str]) -> int:
        """How many of them the database has."""
        code = (
            "from bookings.models import ConsultationRequest as R;"
            f"print(R.objects.filter(reference__in={references!r}).count())"
        )
        command = [self.python, "manage.py", "shell", "-v0", "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=self.env(), check=True, stdout=subprocess.PIPE)
        return int(done.stdout)

    def mail_to(self, address: str) -> EmailMessage:
        """The first mail to it that has reached the mail server."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            text = (self.folder / "log" / "mail").read_text()
            for found in re.findall(r"MESSAGE FOLLOWS -+\n(.*?)-+ END MESSAGE", text, re.DOTALL):
                message = email.message_from_string(found, policy=modern)
                if address in message["To"]:
                    return message
            time.sleep(0.2)
        raise AssertionError("no mail")

    def ask(
        self, method: str, path: str, body: bytes | None = None, port: int = 0, **headers: str
    ) -> Answer:
        """One request through nginx (or another, on its port) with TLS, as the clinic's name."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port or self.ports["https"], timeout=70, context=unchecked()
        )
        connection.request(method, path, body, {"Host": NAME, **headers})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def unchecked() -> ssl.SSLContext:
    """The rehearsal's certificate is its own."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
