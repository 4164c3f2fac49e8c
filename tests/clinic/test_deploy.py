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
    command = re.search(r"^host=\$\((.+)\)$", UPGRADE, re.MULTILINE)[1]
    command = command.replace("/etc/clinic/environment", str(DEPLOY / "environment.example"))
    host = subprocess.run(["sh", "-c", command], capture_output=True, text=True).stdout.strip()
    headers = dict(re.findall(r"--header [\"']([\w-]+): ([^\"']+)[\"']", UPGRADE))
    headers = {name: value.replace("$host", host) for name, value in headers.items()}
    settings.ALLOWED_HOSTS = ["clinic.example.org"]

    assert client.get("/readyz", headers=headers).status_code == 200
    assert client.get("/readyz", headers={"host": "127.0.0.1:8000"}).status_code == 400


def test_the_guide_makes_each_folder_first():
    """The account of the site may make none of them itself."""
    readme = (DEPLOY / "README.md").read_text()
    example = (DEPLOY / "environment.example").read_text()
    folders = re.findall(r"^(?:VAR_DIR|STATIC_ROOT|MEDIA_ROOT)=(\S+)$", example, re.MULTILINE)
    before, _asked, _after = readme.partition("manage.py")

    assert len(folders) == 3
    for folder in folders:
        assert re.search(rf"install -d .*{folder}\b", before), folder


def test_an_upgrade_leaves_changed_files_alone(tmp_path):
    def run(script):
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        done = subprocess.run(
            ["sh", "-ec", script], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    save = "git -c user.name=a -c user.email=a@example.org commit -qam"
    files = {"as-it-came": "old", "changed": "old", "same": "same"}
    run("git init -q && mkdir deploy there")
    for name, text in files.items():
        (tmp_path / "deploy" / name).write_text(text)
        (tmp_path / "there" / name).write_text("mine" if name != "as-it-came" else text)
    (tmp_path / "deploy" / "not-there").write_text("old")
    run(f"git add deploy && {save} before")
    before = run("git rev-parse HEAD").strip()
    for name in ("as-it-came", "changed", "not-there", "never-seen"):
        (tmp_path / "deploy" / name).write_text("new")
    run(f"git add deploy && {save} after")

    function = re.search(r"^place\(\) \{.*?^\}$", UPGRADE, re.MULTILINE | re.DOTALL)[0]
    places = "\n".join(f"place {name} there/{name}" for name in (*files, "not-there", "never-seen"))
    said = run(f'runuser() {{ shift 3; "$@"; }}\nbefore={before}\n{function}\n{places}')

    there = {path.name: path.read_text() for path in (tmp_path / "there").iterdir()}
    assert there == {"as-it-came": "new", "changed": "mine", "same": "mine"}
    assert "New: there/as-it-came" in said
    assert "please compare: there/changed" in said and "there/same" not in said
    assert "there/never-seen" in said and "there/not-there" not in said


def test_an_upgrade_knows_every_file_of_the_guide():
    readme = (DEPLOY / "README.md").read_text()
    copied = re.findall(r"^    (?:cp|install -D)(?: -rT)? deploy/(\S+) ", readme, re.MULTILINE)
    of_the_database = "postgresql.conf"
    assert of_the_database in copied and len(copied) > 5
    for name in set(copied) - {of_the_database}:
        assert name.split("*")[0] in UPGRADE, name
