"""The files of deploy/container: what can be said of them without an engine. `make container` runs them."""

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from importlib.metadata import version

import pytest
from django.conf import settings

from clinic import settings as production

ROOT = settings.BASE_DIR
CONTAINER = ROOT / "deploy" / "container"
BUILT = (CONTAINER / "Containerfile").read_text()
COMPOSED = (CONTAINER / "compose.yaml").read_text()


def test_what_it_copies_is_there_and_let_in():
    allowed = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    lines = re.findall(r"^COPY (?!--from)(.+)$", BUILT, re.MULTILINE)
    copied = [source for line in lines for source in line.split()[:-1]]

    assert len(copied) > 10
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, one) or one.startswith(f"{source}/") for one in allowed), source
    for secret in (".env", "deploy/container/.env", "var/secret-key", ".git/config"):
        assert not any(fnmatch(secret, one) for one in allowed), secret


def test_every_app_of_ours_is_copied():
    own = {name for name in production.INSTALLED_APPS if (ROOT / name).is_dir()}

    assert len(own) > 4
    for name in own:
        assert f"\nCOPY {name} {name}\n" in BUILT


def test_its_names_are_settings():
    known = set(
        re.findall(r"^#?([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    own = {"HOST", "DATABASE_PASSWORD", "ACME_EMAIL", "FIRST"}
    example = (CONTAINER / "environment.example").read_text()
    written = set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", example, re.MULTILINE))

    assert own < written <= known | own
    for name in own:
        assert f"${{{name}" in COMPOSED, name


@pytest.mark.parametrize("script", sorted(CONTAINER.glob("*.sh")), ids=lambda path: path.name)
def test_its_scripts_can_be_read(script):
    assert subprocess.run(["sh", "-n", script]).returncode == 0
    assert script.stat().st_mode & 0o111


def test_the_list_of_packages_has_their_versions():
    told = subprocess.check_output([sys.executable, "bin/sbom.py"], cwd=ROOT, text=True)
    found = json.loads(told)
    addresses = {part["purl"] for part in found["components"]}

    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert f"pkg:pypi/django@{version('django')}" in addresses
