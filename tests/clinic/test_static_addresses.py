"""Addresses of static files: with a digest, and worked out once."""

import json

import pytest

from clinic.static_addresses import Storage


@pytest.fixture
def storage(tmp_path):
    manifest = {"version": "1.1", "paths": {"site.css": "site.0123.css"}, "hash": ""}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    return Storage(location=tmp_path, base_url="/static/")


def test_a_known_address_is_not_worked_out_again(storage):
    assert storage.url("site.css") == "/static/site.0123.css"
    storage.hashed_files.clear()
    assert storage.url("site.css") == "/static/site.0123.css"


def test_a_new_manifest_forgets_known_addresses(storage):
    storage.url("site.css")
    storage.hashed_files["site.css"] = "site.4567.css"
    storage.save_manifest()
    assert storage.url("site.css") == "/static/site.4567.css"


def test_while_developing_addresses_have_no_digest(storage, settings):
    storage.url("site.css")
    settings.DEBUG = True
    assert storage.url("site.css") == "/static/site.css"
