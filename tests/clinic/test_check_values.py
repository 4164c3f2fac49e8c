"""Every setting with one bad value: `check --deploy` names it in a line, and repeats no value."""

import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import override_settings

from clinic import environment
from clinic.management.commands import check
from tests.clinic.test_checks import COMPLETE, start
from tests.faults.mail import free_port

SECRET = "s3cr3t-word"
BAD = {
    "CLINIC_MODE": "Production",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": f"https://{SECRET}.example.org",
    "SITE_URL": f"https://clinic.example.net/{SECRET}",
    "PORT": "http",
    "TRUSTED_PROXY_COUNT": "-1",
    "CLIENT_ADDRESS_HEADER": f"X {SECRET}:",
    "SECURE_SSL_REDIRECT": "perhaps",
    "SECURE_HSTS_SECONDS": "a year",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": "2",
    "SECURE_HSTS_PRELOAD": "2",
    "DEBUG": "2",
    "DATABASE_URL": f"mysql://user:{SECRET}@localhost/x",
    "DATABASE_POOL_SIZE": "0",
    "CACHE_URL": f"memcached://{SECRET}",
    "MEDIA_BUCKET": f"{SECRET}/bucket",
    "KEEP_PAGES": "sometimes",
    "MEDIA_ROOT": "/dev/null",
    "STATIC_ROOT": "/dev/null/static",
    "BACKUP_DIR": "/dev/null",
    "BACKUPS_KEPT": "-14",
    "BACKUP_KEY": SECRET,
    "EMAIL_URL": f"smtp://user:{SECRET}@:x",
    "DEFAULT_FROM_EMAIL": f"Clinic {SECRET}",
    "MESSAGE_ID_DOMAIN": f"{SECRET} ",
    "ALERT_EMAIL": SECRET,
    "SMS_BACKEND": f"nowhere.{SECRET}",
    "BOUNCE_WEBHOOK_SECRET": SECRET,
    "BOUNCE_WEBHOOK_KEYS": SECRET,
    "SMS_HTTP": SECRET,
    "SMS_PRICE": "cheap",
    "OUTGOING_PORTS": "443,https",
    "OWN_CALENDAR_MINUTES": "1",
    "OWN_CALENDAR_DAYS": "1000",
    "OWN_CALENDAR_TOO_OLD_HOURS": "0",
    "SECOND_FACTOR_REQUIRED": "maybe",
    "SESSION_IDLE_MINUTES": "0",
    "SESSION_HOURS": "1.5",
    "LIMITS": "ask=0/60",
    "FILL_SECONDS": "-1",
    "TIME_ZONE": "Mars/Base",
    "PHONE_REGION": "UK",
    "ANSWER_WITHIN_WORKING_HOURS": "-8",
    "OFFER_EXPIRES_HOURS": "two",
    "OPEN_HOLDS_PER_NETWORK": "-1",
    "OPEN_HOLDS_PER_WIDE_NETWORK": "-1",
    "UNPROVEN_HOLDS_A_DAY": "-1",
    "UNDO_SECONDS": "-1",
    "KEEP_UNANSWERED_DAYS": "0",
    "KEEP_CLOSED_DAYS": "0",
    "KEEP_MESSAGES_DAYS": "0",
    "KEEP_LOGS_DAYS": "0",
    "KEEP_FEEDBACK_DAYS": "0",
    "KEEP_WEBHOOKS_DAYS": "0",
    "KEEP_PLANS_DAYS": "0",
    "KEEP_OUTCOMES_DAYS": "0",
    "LOG_LEVEL": "LOUD",
    "LOG_FORMAT": "xml",
    "REQUEST_LOG_LEVEL": "LOUD",
    "SENTRY_DSN": SECRET,
    "METRICS_TOKEN": "short",
}
FREE = {"CLINIC_NAME": "any text", "VAR_DIR": "tested alone", "ENV_FILE": "tested alone"}


@pytest.fixture(scope="module")
def said() -> str:
    """What one check says to all of them at once."""
    done = start("manage.py", "check", "--deploy", **COMPLETE | BAD)
    assert done.returncode == 1
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_named(said, name):
    lines = [line for line in said.splitlines() if not line.startswith("\tHINT")]

    assert [line for line in lines if re.search(rf"\) ([\w\s']+ )?{name}\b", line)], said


def test_no_value_and_no_traceback_is_shown(said):
    assert SECRET not in said and "Traceback" not in said


def test_every_setting_has_a_bad_value():
    example = (settings.BASE_DIR / ".env.example").read_text()
    names = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)

    assert set(names) == set(BAD) | set(FREE) == settings.ENVIRONMENT.asked - {"CLINIC_TESTS"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"SITE_URL": "https://elsewhere.example.net"}, "SITE_URL is not among ALLOWED_HOSTS"),
        ({"TRUSTED_PROXY_COUNT": "0"}, "TRUSTED_PROXY_COUNT is 0"),
        ({"VAR_DIR": "/dev/null/x"}, "VAR_DIR is no folder"),
        ({"ENV_FILE": "/nowhere"}, "ENV_FILE names a file that is not there"),
        ({"SENTRY_DSN": "https://key@sentry.example.net/1"}, "SENTRY_DSN is set, and its package"),
    ],
)
def test_values_that_only_together_are_wrong(changed, says):
    done = start("manage.py", "check", "--deploy", "--tag", "security", **COMPLETE | changed)

    assert done.returncode == 1 and says in done.stderr and "Traceback" not in done.stderr


@pytest.mark.thorough
def test_a_misspelt_name_in_the_file_is_told(tmp_path):
    file = tmp_path / "environment"
    file.write_text("SITE_ULR=https://clinic.example.net\nAWS_ACCESS_KEY_ID=x\n")

    done = start("manage.py", "check", "--deploy", **COMPLETE | {"ENV_FILE": str(file)})

    assert done.returncode == 0
    assert "SITE_ULR is no setting of ours" in done.stderr and "AWS_" not in done.stderr


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("smtp+tls://me:pa#ss/w?rd@mail.example.net:587", "pa#ss/w?rd"),
        ("smtp+tls://me:pa%23ss@mail.example.net:587", "pa#ss"),
        ("smtp+tls://me:p@ss:word@mail.example.net", "p@ss:word"),
    ],
)
def test_a_password_means_what_it_says(url, password):
    found = environment.mail(environment.quoted(url))

    assert found["EMAIL_HOST_PASSWORD"] == password
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST"]) == ("me", "mail.example.net")
    there = environment.database(environment.quoted(f"postgres://me:{password}@db/clinic"))
    assert there["PASSWORD"] == password.replace("%23", "#") and there["HOST"] == "db"


@pytest.mark.thorough
def test_a_wrong_database_is_told_in_a_line(tmp_path):
    wrong = {"DATABASE_URL": f"postgres://me:{SECRET}@127.0.0.1:1/clinic"}
    done = start("manage.py", "check", "--database", "default", **COMPLETE | wrong)

    assert done.returncode == 1 and "Traceback" not in done.stderr and SECRET not in done.stderr
    assert "DATABASE_URL: nobody answers at this host and port" in done.stderr


@pytest.mark.thorough
def test_a_mail_server_that_is_away_is_told():
    wrong = {"EMAIL_URL": f"smtp://me:{SECRET}@127.0.0.1:{free_port()}"}
    done = start("manage.py", "check", "--mail", **COMPLETE | wrong)

    assert done.returncode == 1 and "Traceback" not in done.stderr and SECRET not in done.stderr
    assert "EMAIL_URL: the mail server does not let us in (ConnectionRefusedError)" in done.stderr


def test_a_wrong_mail_password_is_told(tmp_path):
    port, script = free_port(), tmp_path / "server.py"
    script.write_text(
        "from aiosmtpd.controller import Controller\n"
        "from aiosmtpd.smtp import AuthResult\n"
        "no = lambda *args: AuthResult(success=False, handled=False)\n"
        f"c = Controller(object(), '127.0.0.1', {port}, authenticator=no, auth_require_tls=False)\n"
        "c.start(); print('ready', flush=True); input()\n"
    )
    command = [sys.executable, str(script)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout.readline() == "ready\n"
        with override_settings(
            MAIL_SERVER="x",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_HOST_USER="me",
            EMAIL_HOST_PASSWORD=SECRET,
            POST_OFFICE={"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}},
        ):
            told = check.mail_server()
        server.stdin.write("\n")

    assert told == "EMAIL_URL: user or password is wrong."
