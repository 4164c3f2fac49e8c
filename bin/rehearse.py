"""`make rehearse`: deploy/ as it stands, on this computer, without systemd and without root's folders.

Takes the commands from the unit files and nginx's configuration as it is, with other folders and ports;
starts PostgreSQL, two web servers, the worker and nginx with TLS; then books a visit through it, looks
at the headers, and restarts both web servers one after the other while visitors keep coming. Everything
lies in one folder under /tmp that goes at the end. Needs nginx, openssl and PostgreSQL.
"""

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
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode, urljoin

from install import ROOT, VENV, install
from pgtemp import Server

DEPLOY = ROOT / "deploy"
NAME = "clinic.example.org"
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'",
    "X-Frame-Options": "DENY",
}
VISITORS = 6


class Deployment:
    """The whole of deploy/ in a folder of its own, from `with` to the end of its block."""

    def __init__(self, python: str) -> None:
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
        for name in ("static", "media", "var", "log", "cache"):
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
        more = {"DATABASE_URL": self.database.url, "OPEN_HOLDS_PER_NETWORK": "100000"}
        return text + "".join(f"{name}={value}\n" for name, value in more.items())

    def env(self) -> dict[str, str]:
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return clean | {"ENV_FILE": str(self.environment)}

    def command(self, unit: str, port: str = "") -> list[str]:
        """What the unit file starts, with our Python and our port."""
        line = re.search(r"^ExecStart=(.*)$", (DEPLOY / unit).read_text(), re.MULTILINE)[1]
        words = line.replace("%i", str(self.ports.get(port, port))).split()
        return [self.python, *words[1:]]

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
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.running[port].poll() is None:
            try:
                with urllib.request.urlopen(urllib.request.Request(address, headers=headers)):
                    return
            except OSError:
                time.sleep(0.1)
        sys.exit(
            f"The web server does not start:\n{(self.folder / 'log' / port).read_text()[-3000:]}"
        )

    def restart_web(self, port: str) -> None:
        """As `systemctl restart` does: ask it to end, wait, start it anew."""
        child = self.running[port]
        child.send_signal(signal.SIGTERM)
        child.wait(20)
        self.start_web(port)
        time.sleep(3)  # as deploy/upgrade.sh: nginx trusts it again after two

    def start_nginx(self) -> None:
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},DNS:localhost"]
        request = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            *subject,
        ]
        subprocess.run(
            [*request, "-keyout", key, "-out", certificate], check=True, capture_output=True
        )
        site = self.placed("nginx.conf", key, certificate)
        (self.folder / "clinic-proxy.conf").write_text(
            self.placed("nginx-proxy.conf", key, certificate)
        )
        paths = "".join(
            f"{name}_temp_path {self.folder}/cache/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"pid {self.folder}/nginx.pid;\nworker_processes 2;\nerror_log {self.folder}/log/nginx;\n"
            f"daemon off;\nevents {{ worker_connections 1024; }}\n"
            f"http {{\ninclude /etc/nginx/mime.types;\nsendfile on;\n{paths}{site}\n}}\n"
        )
        config = ["-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        subprocess.run(["nginx", *config, "-t"], check=True, capture_output=True)
        self.start("nginx", ["nginx", *config])
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.ports["https"])) == 0:
                    return
            time.sleep(0.05)
        sys.exit((self.folder / "log" / "nginx").read_text())

    def placed(self, name: str, key: Path, certificate: Path) -> str:
        """A file of deploy/ with this rehearsal's folders and ports, and room for its one client."""
        text = (DEPLOY / name).read_text()
        for old, new in {
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": certificate,
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": key,
            "/etc/nginx/clinic-proxy.conf": self.folder / "clinic-proxy.conf",
            "/var/cache/nginx/clinic": self.folder / "cache" / "pages",
            "/var/log/nginx/clinic-error.log": self.folder / "log" / "nginx-clinic",
            "/srv/clinic-static/": f"{self.folder}/static/",
            "/srv/clinic-media/": f"{self.folder}/media/",
            "127.0.0.1:8000": f"127.0.0.1:{self.ports['8000']}",
            "127.0.0.1:8001": f"127.0.0.1:{self.ports['8001']}",
            "listen 80;": f"listen {self.ports['http']};",
            "listen 443 ssl": f"listen {self.ports['https']} ssl",
            "rate=30r/s": "rate=100000r/s",
            "rate=60r/m": "rate=100000r/s",
            "limit_conn clinic_lines 50;": "limit_conn clinic_lines 1000;",
        }.items():
            text = text.replace(old, str(new))
        return re.sub(r"^\s*listen \[::\].*\n", "", text, flags=re.MULTILINE)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> "Answer":
        """One request through nginx with TLS, as the clinic's name."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.ports["https"], timeout=70, context=unchecked()
        )
        connection.request(method, path, body, {"Host": NAME, **headers})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


class Answer:
    def __init__(self, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def unchecked() -> ssl.SSLContext:
    """The rehearsal's certificate is its own."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- what is rehearsed ----------------------------------------------------------------------------


def plain_http_leads_to_https(site: Deployment) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", site.ports["http"], timeout=10)
    connection.request("GET", "/guides/", headers={"Host": NAME})
    answer = connection.getresponse()
    must(answer.status == 301, answer.status)
    must(answer.headers["Location"] == f"https://{NAME}/guides/", answer.headers["Location"])
    return "301"


def http2_is_spoken(site: Deployment) -> str:
    context = unchecked()
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", site.ports["https"]))
    with plain, context.wrap_socket(plain, server_hostname=NAME) as secure:
        must(secure.selected_alpn_protocol() == "h2", secure.selected_alpn_protocol())
        return f"{secure.version()}, h2"


def headers_hold(site: Deployment) -> str:
    paths = ["/", "/guides/iliopsoas/", "/book/", "/search/?q=hip", "/admin/login/", "/nothing/"]
    for path in paths * 2:  # the second time from the caches, where it may be
        answer = site.ask("GET", path)
        for name, value in HEADERS.items():
            must(value in (answer.headers[name] or ""), f"{path}: {name}: {answer.headers[name]}")
        kept = "s-maxage" in (answer.headers["Cache-Control"] or "")
        must(kept == (path in paths[:2]), f"{path}: {answer.headers['Cache-Control']}")
        must(not (kept and answer.headers["Set-Cookie"]), f"{path}: a cookie")
    return f"{len(paths)} addresses × {len(HEADERS)} headers, twice"


def pages_are_packed_and_revalidated(site: Deployment) -> str:
    sizes = {}
    for packed in ("br", "gzip", ""):
        answer = site.ask("GET", "/guides/iliopsoas/", **{"Accept-Encoding": packed})
        must(
            (answer.headers["Content-Encoding"] or "") == packed, answer.headers["Content-Encoding"]
        )
        sizes[packed or "plain"] = len(answer.body)
        again = {"Accept-Encoding": packed, "If-None-Match": answer.headers["ETag"]}
        must(site.ask("GET", "/guides/iliopsoas/", **again).status == 304, "not 304")
    return ", ".join(f"{name} {size:,} bytes" for name, size in sizes.items())


def static_files_last(site: Deployment) -> str:
    page = site.ask("GET", "/").body.decode()
    css = re.search(r'href="(/static/clinic/site\.[0-9a-f]{12}\.css)"', page)[1]
    answer = site.ask("GET", css, **{"Accept-Encoding": "gzip"})
    must(answer.headers["Content-Encoding"] == "gzip", "not packed ahead")
    must("immutable" in answer.headers["Cache-Control"], answer.headers["Cache-Control"])
    must(len(answer.body) <= 15 * 1024, len(answer.body))
    return f"site.css {len(answer.body):,} bytes packed, immutable"


def limits_hold(site: Deployment) -> str:
    big = b"x" * (3 * 1024 * 1024)
    must(site.ask("POST", "/book/", big).status == 413, "a large form was taken")
    must(site.ask("GET", "/", Cookie="a=" + "b" * 9000).status == 400, "large headers")
    return "413 and 400"


def somebody_books(site: Deployment) -> str:
    browser = Browser(site)
    reference = browser.book(0)
    must(bool(reference), "no reference")
    return f"reference {reference[:3]}…, cookies all Secure"


def an_edit_is_seen_by_both(site: Deployment) -> str:
    """Published through one process: seen in the other at once, and through nginx after its seconds."""
    code = (
        "from education.models import GuidePage; page = GuidePage.objects.get(slug='iliopsoas');"
        "page.introduction = 'Words of the rehearsal'; page.save_revision().publish()"
    )
    headers = {"Host": NAME, "X-Forwarded-Proto": "https"}
    addresses = [
        f"http://127.0.0.1:{site.ports[port]}/guides/iliopsoas/" for port in ("8000", "8001")
    ]
    asked = [urllib.request.Request(address, headers=headers) for address in addresses]
    for request in asked:
        must(b"Words of the rehearsal" not in urllib.request.urlopen(request).read(), "too early")
    site.call([site.python, "manage.py", "shell", "-v0", "-c", code])
    for request in asked:
        must(b"Words of the rehearsal" in urllib.request.urlopen(request).read(), "an old page")
    deadline = time.monotonic() + 15
    while b"Words of the rehearsal" not in site.ask("GET", "/guides/iliopsoas/").body:
        must(time.monotonic() < deadline, "nginx kept an old page for longer than it may")
        time.sleep(0.5)
    return "2 processes at once, nginx within its 10 s"


def a_rolling_restart_is_not_noticed(site: Deployment) -> str:
    """Visitors read and book all the while; every answer is a page, and every booking arrives."""
    stop, seen, problems, booked = threading.Event(), [0], [], [0]

    def read() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            path = ("/guides/iliopsoas/", f"/guides/?n={number}", "/book/", "/livez")[number % 4]
            attempt(lambda path=path: must_be_ok(site.ask("GET", path), path))

    def book(first: int) -> None:
        number = first
        while not stop.is_set():
            number += VISITORS
            attempt(lambda number=number: Browser(site).book(number))
            booked[0] += 1

    def attempt(action: Callable[[], object]) -> None:
        try:
            action()
            seen[0] += 1
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}")
        time.sleep(0.02)

    threads = [threading.Thread(target=read) for _ in range(VISITORS)]
    threads += [threading.Thread(target=book, args=(n,)) for n in range(1, 3)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        for port in ("8000", "8001"):
            site.restart_web(port)
        time.sleep(1)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    must(not problems, f"{len(problems)} of {seen[0]}: {problems[:5]}")
    return f"{seen[0]} pages and visits, {booked[0]} of them whole bookings, 0 failed"


class Browser:
    """A visitor with cookies, who answers the questions of a booking."""

    def __init__(self, site: Deployment) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}
        self.path, self.page = "/", ""

    def go(self, method: str, path: str, **fields: object) -> str:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"https://{NAME}{self.path}",
        }
        body = None
        if method == "POST":
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
            fields |= {"csrfmiddlewaretoken": token[1]} if token else {}
            body = urlencode(fields, doseq=True).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.site.ask(method, path, body, **headers)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            ends = "Max-Age=0" in cookie
            must(ends or "Secure" in cookie, f"a cookie without Secure: {name}")
            self.cookies[name] = value
        if answer.status in (301, 302, 303):
            return self.go("GET", urljoin(path, answer.headers["Location"]))
        must_be_ok(answer, path)
        self.path, self.page = path, answer.body.decode()
        return self.page

    def first(self, name: str) -> str:
        found = re.findall(rf'name="{name}"[^>]*value="([^"]+)"', self.page)
        return found[0] if found else ""

    def book(self, number: int) -> str:
        """The reference. Whoever finds a time taken chooses another, as people do."""
        self.go("GET", "/book/")
        self.go("POST", "/book/", flags="none")
        answers = {name: self.first(name) for name in ("offering", "reason", "side", "goal")}
        self.go("POST", "/book/reason/", note="", **answers)
        for _ in range(20):
            times = re.findall(r'name="first"[^>]*value="([^"]+)"', self.page)
            self.go("POST", "/book/time/", first=times[number % len(times)])
            self.go("POST", "/book/other-times/", second="", third="")
            if self.path.startswith("/book/contact/"):
                mail = f"visitor{number}-{time.monotonic_ns()}@example.org"
                self.go(
                    "POST",
                    "/book/contact/",
                    name="Maria Example",
                    contact_by="email",
                    email=mail,
                    phone="",
                    consent="on",
                )
            self.go("POST", "/book/check/")
            if self.path.startswith("/book/sent/"):
                return re.search(r"<strong>([A-Z0-9-]{5,})</strong>", self.page)[1]
            number += 1
            if not self.path.startswith("/book/time/"):
                self.go("GET", "/book/time/")
        raise AssertionError("no time was free in twenty attempts")


def must(held: object, found: object) -> None:
    if not held:
        raise AssertionError(found)


def must_be_ok(answer: Answer, path: str) -> None:
    must(answer.status == 200, f"{path}: {answer.status} {answer.body[:200]!r}")


REHEARSED = [
    plain_http_leads_to_https,
    http2_is_spoken,
    headers_hold,
    pages_are_packed_and_revalidated,
    static_files_last,
    limits_hold,
    somebody_books,
    an_edit_is_seen_by_both,
    a_rolling_restart_is_not_noticed,
]


def main() -> int:
    python = install("requirements.txt", "requirements-dev.txt")
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    failed = 0
    with Deployment(python) as site:
        for part in REHEARSED:
            name = part.__name__.replace("_", " ")
            try:
                print(f"ok    {name}: {part(site)}", flush=True)
            except Exception as error:
                failed += 1
                print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
