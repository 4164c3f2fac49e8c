"""The look of the site: what every page must have, and what must never be on one."""

import gzip
import importlib.util
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import OperationalError

from clinic import error_page_context
from clinic.models import ClinicSettings
from clinic.styleguide import ERROR_PAGES
from clinic.views import server_error

BUILT = settings.BASE_DIR / "clinic/static/clinic"
CSS = (BUILT / "site.css").read_text()
PAGES = ["/styleguide/", "/styleguide/home/", *(f"/styleguide/{name}/" for name in ERROR_PAGES)]

pytestmark = pytest.mark.django_db


def checker():
    spec = importlib.util.spec_from_file_location(
        "check_frontend", settings.BASE_DIR / "bin/check_frontend.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("address", PAGES)
def test_no_page_needs_inline_script_or_style(client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert not page.select("style, [style], script:not([src])")
    assert not [name for tag in page.find_all() for name in tag.attrs if name.startswith("on")]


@pytest.mark.parametrize("address", [page for page in PAGES if "offline" not in page])
def test_phone_is_on_every_page(client, address):
    client.get("/styleguide/404/")  # the 500 page shows what this process last knew
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert page.select("a[href='tel:+442079460123']")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_main_and_title(client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert len(page.select("main#main")) == 1
    assert page.title.text.strip()
    assert page.select("h1")


@pytest.mark.parametrize(
    ("hours", "promise"), [(8, "within one working day"), (12, "within 12 working hours")]
)
def test_home_promises_what_the_clinic_keeps(client, db, settings, hours, promise):
    settings.BOOKINGS = settings.BOOKINGS | {"ANSWER_WITHIN_WORKING_HOURS": hours}
    page = client.get("/").content.decode()
    assert page.lower().count(promise) == 2


def test_unknown_address_is_a_friendly_404(client):
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert b"We cannot find this page" in answer.content


def test_an_error_page_needs_no_database(client, django_db_blocker):
    error_page_context.remember(ClinicSettings(name="Last Known Clinic", phone="+442079460999"))
    with django_db_blocker.block():
        answer = server_error(None)
    assert answer.status_code == 500
    assert b"Last Known Clinic" in answer.content
    assert b"tel:+442079460999" in answer.content


def test_an_error_page_names_its_language(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("education.views.find", lambda _question: 1 / 0)
    for address, language, home in (("/search/", "en-gb", "/"), ("/es/search/", "es", "/es/")):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        assert (page.html["lang"], page.select_one(".wordmark")["href"]) == (language, home)


def test_a_missing_database_is_503():
    try:
        raise OperationalError("database is locked")
    except OperationalError:
        answer = server_error(None)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert b"safely send it again" in answer.content


def test_manifest_carries_the_clinic_s_own_name(client):
    manifest = client.get("/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["id"] == "/"
    assert manifest.json()["name"] == ClinicSettings.current().name


def test_robots_stay_out_of_requests(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /request/" in lines
    assert "Disallow: /admin/" in lines


def test_style_sheet_keeps_its_budget():
    assert len(gzip.compress(CSS.encode(), 9)) <= 15 * 1024


def test_the_styles_show_no_other_identity():
    assert not re.search(r"frutiger|#005eb8|#003087|assets\.nhs", CSS, re.IGNORECASE)


def test_style_sheet_asks_nobody_else():
    assert "http" not in CSS.replace("http://www.w3.org/2000/svg", "")


def test_two_small_typefaces_are_preloaded(client):
    named = set(re.findall(r"url\(\"?(fonts/[\w-]+\.woff2)", CSS))
    assert len(named) == 2
    assert sum((BUILT / name).stat().st_size for name in named) <= 40_000
    assert CSS.count("font-display:optional") == 2, "no word may move once it can be read"
    for address in ("/styleguide/", "/styleguide/500/"):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        early = {link["href"] for link in page.select("link[rel=preload][as=font][crossorigin]")}
        assert {href.split("clinic/")[1] for href in early} == named


def test_pictures_of_ours_exist_for_every_icon_named():
    sprite = (BUILT / "icons.svg").read_text()
    drawn = set(re.findall(r'symbol id="([\w-]+)"', sprite))
    used = {
        name
        for template in (settings.BASE_DIR / "templates").rglob("*.html")
        for names in re.findall(
            # Named where it is drawn, or handed to the component that draws it.
            r'\{% site_icon "([\w-]+)" %\}|clinic/components/[^%]* icon="([\w-]+)"',
            template.read_text(),
        )
        for name in names
        if name
    }
    assert used <= drawn


def test_built_files_belong_to_their_sources():
    assert checker().problems(settings.BASE_DIR / "frontend", BUILT) == []


def test_stale_check_is_red_after_a_change(tmp_path: Path):
    frontend, built = tmp_path / "frontend", tmp_path / "built"
    shutil.copytree(
        settings.BASE_DIR / "frontend", frontend, ignore=shutil.ignore_patterns("node_modules")
    )
    shutil.copytree(BUILT, built)
    check = checker().problems
    assert check(frontend, built) == []

    (frontend / "scss/education/_new.scss").write_text("p { color: red }")
    assert check(frontend, built) == ["the sources in frontend/ changed since the last build"]

    (frontend / "scss/education/_new.scss").unlink()
    with (built / "site.css").open("a") as style:
        style.write("p{color:red}")
    assert check(frontend, built) == ["site.css was changed by hand"]


def test_offline_page_and_its_script_ask_no_database(client, django_db_blocker):
    with django_db_blocker.block():
        page, script = client.get("/offline/"), client.get("/sw.js")
    assert b"You are offline" in page.content
    assert script["Content-Type"] == "text/javascript"
    for kept in re.findall(rb'"(/[^"]+)"', script.content)[:5]:
        assert kept == b"/offline/" or (BUILT / kept.decode().rsplit("/", 1)[1]).is_file()
