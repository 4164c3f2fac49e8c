"""The files of deploy/: what can be said of them without nginx, systemd and root."""

import os
import re
import subprocess

import html5lib
import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from education.guide.reading_age import measure

DEPLOY = settings.BASE_DIR / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text()
UPGRADE = (DEPLOY / "upgrade.sh").read_text()
PAGES = sorted((DEPLOY / "errors").glob("*.html"))


def test_nginx_has_a_page_for_each_error():
    named = dict(re.findall(r"error_page ([\d ]+) /_errors/(\S+);", NGINX))

    assert set(named) == {"413", "429", "502 504"}
    assert sorted(named.values()) == [page.name for page in PAGES]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_error_pages_need_nothing_of_the_site(file):
    text = file.read_text()
    html5lib.HTMLParser(strict=True).parse(text)
    soup = BeautifulSoup(text, "html.parser")
    links = {tag.get("href") or tag.get("src") for tag in soup.select("[href], [src]")}

    assert links == {"/_errors/errors.css", "/"}
    assert soup.h1.text == soup.title.text
    assert "call the clinic" in soup.main.text.lower()
    assert "clínica" in soup.select_one("[lang=es]").text


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_its_pages_are_read_at_twelve(file):
    soup = BeautifulSoup(file.read_text(), "html.parser")
    soup.select_one("[lang=es]").decompose()

    assert measure(tag.text for tag in soup.main.select("h1, p")).fits


def test_its_pages_have_the_colours_of_the_site():
    def colours(path):
        found = re.findall(r"--([\w-]+): (#\w+);", path.read_text())
        light = dict(reversed(found))
        return light, dict(found)

    site = colours(settings.BASE_DIR / "frontend/scss/_tokens.scss")
    ours = colours(DEPLOY / "errors" / "errors.css")

    for theme, of_the_site in zip(ours, site, strict=True):
        assert theme.items() <= of_the_site.items()


def test_an_upgrade_asks_by_an_allowed_host(client, db, settings):
    command = re.search(r"^ *host=\$\((.+)\)$", UPGRADE, re.MULTILINE)[1]
    command = command.replace("$environment", str(DEPLOY / "environment.example"))
    host = subprocess.run(["sh", "-c", command], capture_output=True, text=True).stdout.strip()
    headers = dict(re.findall(r"--header [\"']([\w-]+): ([^\"']+)[\"']", UPGRADE))
    headers = {name: value.replace("$host", host) for name, value in headers.items()}
    settings.ALLOWED_HOSTS = ["clinic.example.org"]

    assert client.get("/readyz", headers=headers).status_code == 200
    assert client.get("/readyz", headers={"host": "127.0.0.1:8000"}).status_code == 400


@pytest.mark.parametrize(
    "version, listens",
    [("1.22.1", "443 ssl http2;"), ("1.26.3", "443 ssl;"), ("1.25.1", "443 ssl;")],
)
def test_nginx_is_asked_for_http2_in_its_words(tmp_path, version, listens):
    nginx = tmp_path / "nginx"
    nginx.write_text(f"#!/bin/sh\necho nginx version: nginx/{version} >&2\n")
    nginx.chmod(0o755)
    env = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    text = subprocess.check_output([DEPLOY / "nginx.sh", "hip.example.net"], env=env, text=True)

    assert f"listen {listens}" in text and text.count("443 ssl http2") == 4 * ("http2" in listens)
    assert text.count("http2 on;") == 2 * ("http2" not in listens)
    assert "server_name hip.example.net;" in text and "clinic.example.org" not in text


@pytest.mark.parametrize("host", [[], [""]], ids=["none", "empty"])
def test_no_file_for_nginx_without_a_host(host):
    done = subprocess.run([DEPLOY / "nginx.sh", *host], capture_output=True, text=True)

    assert done.returncode == 1 and done.stdout == ""
    assert "Call it with the host" in done.stderr


def test_the_guide_makes_each_folder_first():
    """The account of the site may make none of them itself."""
    readme = (DEPLOY / "README.md").read_text()
    example = (DEPLOY / "environment.example").read_text()
    folders = re.findall(r"^(?:VAR_DIR|STATIC_ROOT|MEDIA_ROOT)=(\S+)$", example, re.MULTILINE)
    before, _asked, _after = readme.partition("clinic check")

    assert len(folders) == 3
    for folder in folders:
        assert re.search(rf"install -d .*{folder}\b", before), folder


def test_an_upgrade_knows_every_file_of_the_guide():
    readme = (DEPLOY / "README.md").read_text()
    copied = re.findall(r"^    (?:cp|install -D)(?: -rT)? deploy/(\S+) ", readme, re.MULTILINE)
    of_databases = {"postgresql.conf", "postgresql-restart.conf"}
    assert of_databases < set(copied) and len(copied) > 5
    for name in set(copied) - of_databases:
        assert name.split("*")[0] in UPGRADE, name
