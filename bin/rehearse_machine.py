"""The words of deploy/README.md on a bare Debian with systemd: `make rehearse ARGS=machine`.

Its blocks of commands are executed as they stand there, in their order. Beside them stands what a person
fills in, and Debian's `pebble` in place of Let's Encrypt. Then the upgrade and the way back while somebody
reads, SQLite to PostgreSQL, a backup, and its restore on a second machine. `SUITE=bookworm` in front takes
another Debian than trixie.
"""

import contextlib
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from deployment import NAME, unchecked
from install import ROOT
from machine import README, Machine, block, words
from visitor import Answer, Visitor, must

SUITE = os.environ.get("SUITE", "trixie")
SQLITE, DATABASE = "sqlite:////var/lib/clinic/clinic.sqlite3", "p4ssword-of-the-rehearsal"
CURRENT = "/opt/clinic/current"
SECRET = "rehearsal-" + "abcdefghij0123456789" * 3
PEBBLE = """{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
"certificate": "/root/acme.pem", "privateKey": "/root/acme.key", "httpPort": 80, "tlsPort": 443}}
"""
# In place of the answers that certbot asks a person for.
CERTBOT = """server = https://127.0.0.1:14000/dir
no-verify-ssl = true
agree-tos = true
register-unsafely-without-email = true
non-interactive = true
no-random-sleep-on-renew = true
"""
# As ours are: the version before can go on working with it.
MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bookings", "%s")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE bookings_appointment ADD COLUMN rehearsed varchar(9) DEFAULT '' NOT NULL", ""
        )
    ]
"""


class Rehearsal:
    """Two machines at most, and a repository that they fetch from."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.stack = stack
        self.folder = Path(tempfile.mkdtemp(prefix="clinic-repository-", dir="/tmp"))
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        subprocess.run(
            ["git", "clone", "--quiet", "--bare", ROOT, self.folder / "clinic.git"], check=True
        )
        self.git("update-ref", "refs/heads/main", "HEAD")
        self.git("symbolic-ref", "HEAD", "refs/heads/main")
        self.key = ""

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@example.org"]
        command = ["git", "-C", str(self.folder / "clinic.git"), *who, *arguments]
        return subprocess.check_output(command, text=True).strip()

    def publish(self) -> None:
        """A next version: the same code, and a migration of a table that is in use."""
        checked_out = self.folder / "next"
        self.git("worktree", "add", "--quiet", str(checked_out), "main")
        folder = checked_out / "bookings" / "migrations"
        last = max(path.stem for path in folder.glob("[0-9]*.py"))
        (folder / f"{int(last[:4]) + 1:04}_rehearsed.py").write_text(MIGRATION % last)
        for command in (["add", "--all"], ["commit", "--quiet", "--message", "The next version"]):
            self.git("-C", str(checked_out), *command)
        self.git("worktree", "remove", str(checked_out))

    def machine(self, number: int) -> Machine:
        machine = self.stack.enter_context(Machine(number, SUITE))
        shutil.copytree(self.folder / "clinic.git", machine.folder / "srv/clinic.git")
        # Its owner is another account: git takes it for somebody else's.
        (machine.folder / "etc/gitconfig").write_text("[safe]\n\tdirectory = *\n")
        machine.run(f"echo '127.0.0.1 {NAME}' >> /etc/hosts")
        mail = ["ip", "netns", "exec", machine.name, sys.executable, "-m", "aiosmtpd", "-n"]
        child = subprocess.Popen([*mail, "-l", "127.0.0.1:1025"], stdout=subprocess.DEVNULL)
        self.stack.callback(child.terminate)
        return machine

    def refresh(self, machine: Machine) -> None:
        shutil.rmtree(machine.folder / "srv/clinic.git")
        shutil.copytree(self.folder / "clinic.git", machine.folder / "srv/clinic.git")


def placed(text: str) -> str:
    """What a person puts in place of the words in capitals."""
    return text.replace("REPOSITORY", "/srv/clinic.git").replace(
        "/postgresql/15/", f"/{version()}/"
    )


def version() -> str:
    return "postgresql/15" if SUITE == "bookworm" else "postgresql/17"


def fill_in(machine: Machine, **more: str) -> None:
    values = {"SECRET_KEY": SECRET, "EMAIL_URL": "smtp://127.0.0.1:1025", **more}
    path = machine.folder / "etc/clinic/environment"
    text = path.read_text()
    for name, value in values.items():
        text, found = re.subn(rf"^#?{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        text += "" if found else f"{name}={value}\n"
    path.write_text(text)


def install(machine: Machine, *, first: str) -> None:
    """“Install”, up to both parts that run. `first` begins the block that makes the first rows."""
    machine.run("apt-get update -q")
    machine.run(placed(block("Install", "apt-get install git")))
    fill_in(machine)
    machine.run(block("Install", "clinic check"))
    machine.run(block("Install", first))
    machine.run(block("Install", "cd /opt/clinic/current\ncp deploy/clinic"))


def it_installs_by_its_words(rehearsal: Rehearsal) -> str:
    machine = rehearsal.first = rehearsal.machine(1)
    install(machine, first="clinic prepare --demo")
    until_ready(machine)
    return f"{machine.seconds:.0f} s of commands, {SUITE}"


def nginx_gets_a_certificate(rehearsal: Rehearsal) -> str:
    """From a server that is asked as Let's Encrypt is."""
    machine = rehearsal.first
    (machine.folder / "root/pebble.json").write_text(PEBBLE)
    machine.run(
        "apt-get install pebble && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost"
        " -addext subjectAltName=IP:127.0.0.1 -keyout acme.key -out acme.pem 2>/dev/null &&"
        " systemd-run --setenv=PEBBLE_VA_NOSLEEP=1 --setenv=PEBBLE_WFE_NONCEREJECT=0"
        " pebble -config /root/pebble.json"
    )
    (machine.folder / "etc/letsencrypt").mkdir(exist_ok=True)
    (machine.folder / "etc/letsencrypt/cli.ini").write_text(CERTBOT)
    machine.run(block("Install", "HOST=").replace("HOST=clinic.example.org", f"HOST={NAME}"))
    said = machine.run("nginx -t")
    must("warn" not in said, said)
    # A reload returns before the last of nginx's older processes has gone.
    machine.run(
        f"for _ in $(seq 30); do openssl s_client -connect 127.0.0.1:443 -servername {NAME} </dev/null"
        " 2>/dev/null | openssl x509 -noout -issuer | grep Pebble && exit; sleep 1; done; exit 1"
    )
    machine.run("certbot renew --dry-run")
    return "asked for, served, and its renewal tried"


def patients_book(rehearsal: Rehearsal) -> str:
    return f"reference {visitor(rehearsal.first).book()[:3]}…"


def every_unit_is_well(rehearsal: Rehearsal) -> str:
    machine = rehearsal.first
    machine.run("systemctl start clinic-health.service || true; systemctl start clinic-prepare")
    failed = machine.run("systemctl list-units --failed --plain --no-legend 'clinic-*'")
    # Its certificate is one that nobody trusts, and there is no backup yet.
    left = [line for line in failed.splitlines() if "clinic-health" not in line]
    must(not left, left)
    journal = machine.run(
        "journalctl --namespace=clinic --quiet -n 5 -u clinic-worker", check=False
    )
    must(journal.strip(), "nothing in the journal of the clinic")
    return "0 failed"


def an_upgrade_and_back_are_not_noticed(rehearsal: Rehearsal) -> str:
    """There, back while the database has the change already, and there again."""
    machine, told = rehearsal.first, []
    rehearsal.publish()
    rehearsal.refresh(machine)
    there, back = (f"{CURRENT}/deploy/upgrade.sh{more}" for more in ("", " --back"))
    for command in (there, back, there):
        must(command in words("Upgrade, and the way back"), f"{README} says it otherwise")
        before = machine.run(f"readlink -f {CURRENT}")
        began = time.monotonic()
        with readers(machine) as (seen, failed):
            machine.run(command)
        must(machine.run(f"readlink -f {CURRENT}") != before, "the same release runs")
        must(not failed, f"{len(failed)} of {seen[0]}: {failed[:5]}")
        told.append(f"{seen[0]} pages in {time.monotonic() - began:.0f} s")
        visitor(machine).book()
        machine.run("clinic check_claims")
        if command == back:
            refuses_what_is_newer(machine)
    return f"there {told[0]}, back {told[1]}, there again {told[2]}, 0 failed; booked after each"


def refuses_what_is_newer(machine: Machine) -> None:
    """The database has a change by now that this release does not know."""
    machine.run("clinic backup")
    said = machine.run("clinic restore --force", check=False)
    must("of a newer version" in said, said)


def install_postgresql(machine: Machine) -> None:
    text = placed(block("PostgreSQL", "apt-get install postgresql"))
    answered = f"printf '{DATABASE}\\n{DATABASE}\\n' | runuser -u postgres -- createuser"
    text = text.replace("runuser -u postgres -- createuser", answered)
    machine.run(text, folder=CURRENT)
    machine.run("apt-get install postgresql-client")
    machine.run("systemctl stop 'clinic-web@*' clinic-worker")
    fill_in(machine, DATABASE_URL=f"postgres://clinic:{DATABASE}@localhost:5432/clinic")


def from_sqlite_to_postgresql(rehearsal: Rehearsal) -> str:
    machine = rehearsal.first
    install_postgresql(machine)
    machine.run("clinic check --deploy --database default")
    said = machine.run(block("PostgreSQL", "clinic copy_database"))
    machine.run("systemctl start clinic-web@8000 clinic-web@8001 clinic-worker")
    until_ready(machine)
    visitor(machine).book()
    machine.run("systemctl kill --signal=KILL --kill-whom=main 'postgresql@*'")
    time.sleep(5)
    until_ready(machine)
    return said.strip().splitlines()[-1] + " PostgreSQL killed: back by itself"


def a_backup_every_night(rehearsal: Rehearsal) -> str:
    machine = rehearsal.first
    said = machine.run(block("Backups", "clinic backup --new-key"))
    rehearsal.key = re.search(r"AGE-SECRET-KEY-\S+", said)[0]
    fill_in(machine, BACKUP_KEY=rehearsal.key)
    machine.run(block("Backups", "systemctl enable"))
    files = machine.run("ls /var/lib/clinic/backups").split()
    must(any(name.endswith(".age") for name in files), files)
    return ", ".join(files)


def a_second_machine_takes_it_over(rehearsal: Rehearsal) -> str:
    first, second = rehearsal.first, rehearsal.machine(2)
    began = time.monotonic()
    code = "from bookings.models import ConsultationRequest as R; print(R.objects.count())"
    asked = f"clinic shell --no-imports -v0 -c '{code}'"
    before = first.run(asked).split()[-1]
    install(second, first="clinic prepare --guides")
    install_postgresql(second)
    fill_in(second, BACKUP_KEY=rehearsal.key)
    newest = max((first.folder / "var/lib/clinic/backups").glob("*.age"))
    shutil.copy(newest, second.folder / "root" / newest.name)
    second.run(block("Backups", "install -d").replace("FILE", f"/root/{newest.name}"))
    second.run(block("Backups", "systemctl stop"))
    until_ready(second)
    after = second.run(asked).split()[-1]
    must(before == after != "0", f"{before} requests there, {after} here")
    second.run("clinic check_claims")
    return f"{after} requests, claims hold; {time.monotonic() - began:.0f} s from a bare Debian"


def from_before_releases(rehearsal: Rehearsal) -> str:
    """The layout of versions before 1.1, by the guide of that time, and then today's words for it."""
    added = rehearsal.git("log", "--format=%H", "--diff-filter=A", "main", "--", "deploy/clinic")
    rehearsal.git("update-ref", "refs/heads/before", f"{added.split()[-1]}~1")
    guide = rehearsal.git("show", "before:deploy/README.md")
    called = "runuser -u clinic -- env ENV_FILE=/etc/clinic/environment .venv/bin/python manage.py"
    machine = rehearsal.machine(3)
    machine.run("apt-get update -q")
    text = block("Install", "apt-get install", guide)
    machine.run(text.replace("REPOSITORY", "--branch before /srv/clinic.git"))
    fill_in(machine)
    machine.run(block("Install", f"{called} prepare", guide), folder="/opt/clinic")
    tls = f"/etc/letsencrypt/live/{NAME}"
    machine.run(
        f"apt-get install openssl; mkdir -p {tls}; openssl req -x509 -newkey rsa:2048 -nodes"
        f" -subj /CN={NAME} -keyout {tls}/privkey.pem -out {tls}/fullchain.pem 2>/dev/null"
    )
    machine.run(block("Install", f"{called} check", guide), folder="/opt/clinic")
    machine.run("rm /etc/nginx/sites-enabled/default; nginx -t && systemctl reload nginx")
    until_ready(machine)
    reference = visitor(machine).book()
    machine.run(placed(block("Upgrade, and the way back", "HOST=")))
    until_ready(machine)
    found = f"from bookings.models import ConsultationRequest as R; R.objects.get(reference='{reference}')"
    machine.run(f'clinic shell --no-imports -v0 -c "{found}"')
    visitor(machine).book()
    return "a request of before is there, a new one was made"


def until_ready(machine: Machine) -> None:
    ask = f"curl -sf -H 'Host: {NAME}' -H 'X-Forwarded-Proto: https' http://127.0.0.1:%s/readyz >/dev/null"
    deadline = time.monotonic() + 180
    for port in ("8000", "8001"):
        while "no" in machine.run(f"{ask % port} || echo no", check=False):
            must(time.monotonic() < deadline, machine.run("journalctl --namespace=clinic -n 30"))
            time.sleep(1)


def asking(machine: Machine) -> Callable[..., Answer]:
    def ask(method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        line = http.client.HTTPSConnection(machine.address, timeout=70, context=unchecked())
        line.request(method, path, body, {"Host": NAME, **headers})
        answer = line.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    return ask


def visitor(machine: Machine) -> Visitor:
    return Visitor(asking(machine), f"https://{NAME}")


@contextlib.contextmanager
def readers(machine: Machine) -> Iterator[tuple[list[int], list[str]]]:
    ask, stop, seen, failed = asking(machine), threading.Event(), [0], list[str]()
    paths = ("/guides/iliopsoas/", "/book/", "/request/find/", "/es/book/", "/livez")

    def read() -> None:
        while not stop.wait(0.2):
            seen[0] += 1
            path = paths[seen[0] % len(paths)]
            try:
                status = ask("GET", path).status
                if status != 200:
                    failed.append(f"{path} {status}")
            except (OSError, http.client.HTTPException) as error:
                failed.append(f"{path} {type(error).__name__}")

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield seen, failed
    finally:
        stop.set()
        thread.join()


REHEARSED: list[Callable[[Rehearsal], str]] = [
    it_installs_by_its_words,
    nginx_gets_a_certificate,
    patients_book,
    every_unit_is_well,
    an_upgrade_and_back_are_not_noticed,
    from_sqlite_to_postgresql,
    a_backup_every_night,
    a_second_machine_takes_it_over,
    from_before_releases,
]


def main() -> int:
    with contextlib.ExitStack() as stack:
        rehearsal = Rehearsal(stack)
        for part in REHEARSED:
            name = part.__name__.replace("_", " ")
            began = time.monotonic()
            try:
                told = part(rehearsal)
                print(f"ok    {name} ({time.monotonic() - began:.0f} s): {told}", flush=True)
            except (Exception, SystemExit) as error:
                print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
                return 1
    return 0
