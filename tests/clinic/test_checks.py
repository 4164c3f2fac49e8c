"""Production refuses to run half configured, whichever way it is started."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.checks import run_checks

from clinic.backup import archive

COMPLETE = {
    "CLINIC_MODE": "production",
    "SECRET_KEY": "long-enough-and-random-" + "abcdefghij0123456789" * 2,
    "ALLOWED_HOSTS": "clinic.example.net",
    "SITE_URL": "https://clinic.example.net",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.net:587",
    "DEFAULT_FROM_EMAIL": "Clinic <hello@clinic.example.net>",
    "MESSAGE_ID_DOMAIN": "clinic.example.net",
    "TRUSTED_PROXY_COUNT": "1",
    "BACKUP_KEY": archive.new_key(),
}
WANTED = {
    "SECRET_KEY": "clinic.E001",
    "ALLOWED_HOSTS": "clinic.E002",
    "SITE_URL": "clinic.E003",
    "EMAIL_URL": "clinic.E004",
    "DEFAULT_FROM_EMAIL": "clinic.E005",
    "MESSAGE_ID_DOMAIN": "clinic.E006",
}


# What `check` asks of these settings, without a look at every model and address as well.
OURS = ("manage.py", "check", "--tag", "security")


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: settings are read once in a process's life."""
    ours = {name: os.environ[name] for name in ("ENV_FILE", "PATH", "VAR_DIR")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=ours | environment,
        capture_output=True,
        text=True,
    )


def test_a_local_run_needs_no_configuration():
    assert [problem for problem in run_checks() if problem.id.startswith("clinic.")] == []


@pytest.mark.thorough
def test_complete_production_passes_every_deployment_check():
    done = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **COMPLETE)

    assert done.returncode == 0, done.stderr


@pytest.mark.thorough
def test_the_example_lacks_only_the_secret(tmp_path):
    file = tmp_path / "environment"
    example = (settings.BASE_DIR / "deploy" / "environment.example").read_text()
    example = example.replace("/var/lib/clinic", str(tmp_path)).replace("/srv", str(tmp_path))
    check = ("manage.py", "check", "--deploy")

    file.write_text(example)
    without = start(*check, ENV_FILE=str(file), VAR_DIR=str(tmp_path))
    file.write_text(example.replace("SECRET_KEY=", f"SECRET_KEY={COMPLETE['SECRET_KEY']}"))
    complete = start(*check, ENV_FILE=str(file), VAR_DIR=str(tmp_path))

    assert re.findall(r"clinic\.E\d+", without.stderr) == ["clinic.E001"]
    assert complete.returncode == 0, complete.stderr
    left = re.findall(r"(\w+) is still the example", complete.stderr)
    assert set(left) == set(WANTED) - {"SECRET_KEY"}


def test_all_missing_settings_are_named_with_hints():
    done = start(*OURS, CLINIC_MODE="production")

    assert done.returncode == 1
    for name, id_ in WANTED.items():
        assert f"({id_}) {name}" in done.stderr
    assert done.stderr.count("clinic.E") == done.stderr.count("HINT: ") == len(WANTED)


@pytest.mark.thorough
@pytest.mark.parametrize("name", WANTED)
def test_a_missing_setting_is_named_with_a_hint(name):
    present = {key: value for key, value in COMPLETE.items() if key != name}

    done = start(*OURS, **present)

    assert done.returncode == 1
    assert f"({WANTED[name]}) {name}" in done.stderr
    assert done.stderr.count("clinic.E") == 1
    assert "HINT: " in done.stderr


@pytest.mark.thorough
@pytest.mark.parametrize("name, value", [("ALLOWED_HOSTS", "*"), ("SITE_URL", "http://x.example")])
def test_a_careless_value_is_refused(name, value):
    done = start(*OURS, **COMPLETE | {name: value})

    assert done.returncode == 1
    assert WANTED[name] in done.stderr


@pytest.mark.thorough
def test_a_misspelt_mode_is_no_trial_run():
    done = start(*OURS, **COMPLETE | {"CLINIC_MODE": "Production"})

    assert done.returncode == 1
    assert "CLINIC_MODE is no mode: local or production" in done.stderr


@pytest.mark.thorough
@pytest.mark.parametrize(
    "command",
    [("manage.py", "serve"), ("manage.py", "prepare"), ("-c", "import clinic.wsgi")],
)
def test_nothing_starts_unconfigured_in_production(command):
    done = start(*command, CLINIC_MODE="production")

    assert done.returncode == 1
    for id_ in WANTED.values():
        assert id_ in done.stderr


@pytest.mark.thorough
def test_another_application_server_loads_production():
    done = start("-c", "import clinic.wsgi", **COMPLETE)

    assert done.returncode == 0, done.stderr


def test_cookies_belong_to_this_host():
    code = (
        "import django; django.setup(); from django.conf import settings; "
        "from bookings.public import access; from bookings.public.booking import drafts; "
        "print(settings.SESSION_COOKIE_NAME, drafts.COOKIE, access.COOKIE)"
    )
    done = start("-c", code, DJANGO_SETTINGS_MODULE="clinic.settings", **COMPLETE)

    names = done.stdout.split()

    assert len(names) == 3 and all(name.startswith("__Host-") for name in names), done.stderr
    proxy = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
    found = re.search(r'\$clinic_personal \{.*?"~\*(.+?)" 1;', proxy, re.S)
    assert found
    for cookies in (f"{names[0]}=x", f"a=b; {names[0]}=x", "messages=x"):
        assert re.search(found[1], cookies), cookies
