"""Uploads and attachments in a bucket: through the admin's form, onto a page, into a mail, away again."""

from __future__ import annotations

import io
import re

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.faults.mail import Server
from tests.faults.shared import s3, shared_packages
from tests.faults.site import POSTGRES, Site, read, running, send

pytestmark = pytest.mark.skipif(not POSTGRES, reason="SQLite is a file of one computer")
GUIDE = "/guides/iliopsoas/"


def test_uploads_and_attachments_live_in_a_bucket(tmp_path, tmp_path_factory, figure):
    packages = shared_packages(tmp_path_factory.mktemp("packages"))
    with (
        s3(tmp_path_factory.mktemp("s3")) as bucket,
        Server() as smtp,
        running(tmp_path, opened=False) as site,
    ):
        site.packages = packages
        site.env |= bucket.env | {"EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}"}
        site.call("seed_guides")
        site.open(worker=True)
        cookie = site.ask("session")

        upload(site, cookie)
        policy = read(site, "/admin/images/", cookie)[2]["Content-Security-Policy"]
        assert f"img-src 'self' http://{bucket.host} data: blob:" in policy

        site.ask("show_newest_picture")
        status, page, headers = read(site, GUIDE)
        assert status == 200
        assert f"img-src 'self' http://{bucket.host};" in f"{headers['Content-Security-Policy']};"
        shown = set(re.findall(rf"{bucket.address}(/media/images/[^\s\",]+)", page))
        assert len(shown) == 4  # two widths in two formats
        for path in shown:
            status, body, kept = bucket.ask("GET", path)
            assert (status, kept) == (200, "public, max-age=2592000") and body

        pk = site.ask("confirm")
        smtp.wait_until(lambda: any(b"text/calendar" in mail for mail in smtp.contents.values()))
        private = {name for name in bucket.names() if name.startswith("private/")}
        assert private
        assert {bucket.ask("GET", f"/{name}")[0] for name in private} == {403}
        assert not list(tmp_path.rglob("*.ics"))
        assert not list((tmp_path / "media").rglob("*.*"))

        assert f"stay in {bucket.address}" in site.call("backup")
        site.ask("erase", pk=pk)
        assert not {name for name in bucket.names() if name.startswith("private/")}

        site.close()
        assert f"stay in {bucket.address}" in site.call("restore", "--force")
        site.open()
        assert shown == set(
            re.findall(rf"{bucket.address}(/media/images/[^\s\",]+)", read(site, GUIDE)[1])
        )
    figure(
        "Uploads and attachments in an S3 bucket: upload, page, mail, backup, erasure, restore",
        f"{len(shown)} renditions read from it under the page's policy; {len(private)} attachment sent, "
        "403 for everybody else, gone with its patient",
    )


def upload(site: Site, cookie: str) -> None:
    """Through the admin's own form."""
    form, headers = read(site, "/admin/images/add/", cookie)[1:]
    cookie = f"{cookie}; {headers['Set-Cookie'].partition(';')[0]}"
    picture = io.BytesIO()
    Image.radial_gradient("L").resize((1600, 1200)).save(picture, "PNG")
    picture.seek(0)
    picture.name = "hip.png"
    fields = {
        "csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1],
        "title": "A hip",
        "file": picture,
    }
    body = encode_multipart(BOUNDARY, fields)
    status, text, headers = send(site, "/admin/images/add/", body, cookie, MULTIPART_CONTENT)
    assert (status, headers["Location"]) == (302, "/admin/images/"), text
