"""The files of deploy/: what can be said of them without nginx, systemd and root."""

import re
import subprocess

from django.conf import settings

DEPLOY = settings.BASE_DIR / "deploy"
UPGRADE = (DEPLOY / "upgrade.sh").read_text()


def test_an_upgrade_asks_each_web_server_by_a_name_that_it_answers_to(client, db, settings):
    command = re.search(r"^host=\$\((.+)\)$", UPGRADE, re.MULTILINE)[1]
    command = command.replace("/etc/clinic/environment", str(DEPLOY / "environment.example"))
    host = subprocess.run(["sh", "-c", command], capture_output=True, text=True).stdout.strip()
    headers = dict(re.findall(r"--header [\"']([\w-]+): ([^\"']+)[\"']", UPGRADE))
    headers = {name: value.replace("$host", host) for name, value in headers.items()}
    settings.ALLOWED_HOSTS = ["clinic.example.org"]

    assert client.get("/readyz", headers=headers).status_code == 200
    assert client.get("/readyz", headers={"host": "127.0.0.1:8000"}).status_code == 400


def test_every_folder_is_there_before_the_site_is_asked_anything():
    """The account of the site may make none of them itself."""
    readme = (DEPLOY / "README.md").read_text()
    example = (DEPLOY / "environment.example").read_text()
    folders = re.findall(r"^(?:VAR_DIR|STATIC_ROOT|MEDIA_ROOT)=(\S+)$", example, re.MULTILINE)
    before, _asked, _after = readme.partition("manage.py")

    assert len(folders) == 3
    for folder in folders:
        assert re.search(rf"install -d .*{folder}\b", before), folder
