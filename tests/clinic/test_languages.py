"""Each language has its own addresses; pages, forms, settings and links keep to it."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override
from post_office.models import Email
from wagtail.models import Page

from bookings.messages import to_patients
from bookings.models import ConsultationRequest
from clinic import languages
from clinic.models import ClinicSettings, ClinicWords
from education.models import GuideIndexPage, GuidePage, HomePage
from tests.bookings.public.conftest import Visitor
from tests.factories import MONDAY, make_clinic, make_request


@pytest.mark.parametrize("path", ["/", "/guides/", "/guides/iliopsoas/", "/book/", "/search/"])
def test_a_page_speaks_the_language_of_its_address(client, guide, path):
    english, spanish = client.get(path), client.get(f"/es{path}")

    assert english["Content-Language"] == "en-gb"
    assert spanish["Content-Language"] == "es"
    assert '<html lang="en-gb" dir="ltr">' in english.content.decode()
    assert '<html lang="es" dir="ltr">' in spanish.content.decode()
    assert f'href="/es{path}" lang="es" hreflang="es"' in english.content.decode()
    assert f'href="{path}" lang="en-gb" hreflang="en-gb"' in spanish.content.decode()
    assert not spanish.cookies.keys() - {"csrftoken"}


def test_the_browser_and_a_cookie_change_nothing(client, db):
    client.cookies["django_language"] = "es"

    response = client.get("/book/", headers={"accept-language": "es"})

    assert response["Content-Language"] == "en-gb"


@pytest.mark.postgresql
def test_links_stay_in_the_language(client, guide):
    make_clinic()
    html = client.get("/es/guides/").content.decode()

    for path in ("/es/guides/iliopsoas/", "/es/book/", "/es/request/find/", "/es/about/", "/es/"):
        assert f'href="{path}"' in html
    assert 'href="/book/"' not in html
    html = client.get("/es/guides/iliopsoas/").content.decode()
    assert "/es/book/?guide=%2Fes%2Fguides%2Filiopsoas%2F" in html
    assert 'data-keep="/es/guides/iliopsoas/routine/ ' in html
    assert 'startsWith("/es/guides/")' in client.get("/es/guides/sw.js").content.decode()


def test_an_untranslated_page_has_one_address(client, guide):
    html = client.get("/es/guides/iliopsoas/").content.decode()

    assert '<main id="main" tabindex="-1" class=' in html
    assert "Esta página aún no está traducida." in html
    assert f'rel="canonical" href="{guide.full_url}"' in html
    assert "/es/" not in guide.full_url
    assert 'rel="alternate"' not in html


class Spoken(HTMLParser):
    """The words of a page, or of one element, each with the language that it is marked with."""

    VOID = {"img", "input", "link", "meta", "br", "source", "hr"}

    def __init__(self, html):
        super().__init__()
        self.marks, self.words = [("html", "")], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        mark = attrs.get("lang") or self.marks[-1][1]
        if "alt" in attrs:
            self.words.append((mark, attrs["alt"]))
        if tag not in self.VOID:
            self.marks.append((tag, mark))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.marks.pop()[0] == tag

    def handle_data(self, data):
        if self.marks[-1][0] not in ("script", "style", "title"):
            self.words.append((self.marks[-1][1], " ".join(data.split())))


UNTRANSLATED = ["/", "/guides/", "/guides/iliopsoas/", "/about/", "/guides/iliopsoas/print/"]
UNTRANSLATED += ["/guides/iliopsoas/routine/", "/search/?q=hip", "/people/"]


@pytest.mark.parametrize("path", UNTRANSLATED)
def test_untranslated_words_are_marked(client, guide, path):
    """WCAG 3.1.2: what the English page says in the same words is English, all else is not."""
    clinic = ClinicSettings.as_written()
    ours = {clinic.name, clinic.phone.as_national, *clinic.address.splitlines()}
    ours |= {"Amara Osei", "Jonas Lindqvist"}
    english = {text for _mark, text in Spoken(client.get(path).content.decode()).words}
    spoken = Spoken(client.get(f"/es{path}").content.decode()).words
    sentences = [(mark, text) for mark, text in spoken if re.search("[a-z]{2} ", text)]

    unmarked = {text for mark, text in sentences if mark == "es" and text in english} - ours
    wrong = {text for mark, text in sentences if mark == "en-gb" and text not in english}

    assert len(sentences) > 8
    assert not unmarked, "English words that a voice would read as Spanish"
    assert not wrong, "Spanish words that a voice would read as English"


def test_a_translated_page_names_its_other_languages(client, guide):
    for _twice in range(2):
        call_command("start_translation", "es", "/guides/iliopsoas/", stdout=StringIO())
    assert Page.objects.filter(locale__language_code="es").count() == 3
    notice = client.get("/es/guides/iliopsoas/").content.decode()
    assert "aún no está traducida" in notice and "inglés" in notice
    for page in (*HomePage.objects.all(), *GuideIndexPage.objects.all()):
        page.save_revision().publish()
    there = GuidePage.objects.get(locale__language_code="es")
    there.title = "El iliopsoas"
    there.save_revision().publish()

    html = client.get("/es/guides/iliopsoas/").content.decode()

    assert "El iliopsoas" in html
    assert "aún no está traducida" not in html
    for code, page in (("en-gb", guide), ("es", there)):
        assert f'<link rel="alternate" hreflang="{code}" href="{page.full_url}">' in html
    assert client.get("/es/about/").status_code == 200, "not translated: shown as it is"


def test_lists_show_each_guide_once(client, guide):
    other = guide.copy(update_attrs={"title": "Another", "slug": "another"})
    other.save_revision().publish()
    call_command("start_translation", "es", "/guides/iliopsoas/", stdout=StringIO())
    home, index, there = (
        page.specific for page in Page.objects.filter(locale__language_code="es").order_by("depth")
    )
    there.title = "El iliopsoas"

    def titles(path):
        return {card["title"] for card in client.get(path).context["cards"]}

    for page in (home, index, there):  # the lists agree however far the translation is
        page.save_revision().publish()
        seen = {"The Iliopsoas" if page != there else "El iliopsoas", "Another"}
        assert titles("/es/") == titles("/es/guides/") == titles("/es/search/?q=zzz") == seen
    assert titles("/guides/") == {"The Iliopsoas", "Another"}
    assert client.get("/es/guides/another/").context["page"].title == "Another"


def test_the_way_in_names_its_other_languages(client, db):
    make_clinic()
    html = client.get("/book/?guide=/x/").content.decode()

    assert '<link rel="alternate" hreflang="es" href="http://testserver/es/book/">' in html
    assert 'href="/es/book/?guide=/x/" lang="es"' in html


@pytest.mark.postgresql
def test_the_clinics_words_win_over_ours(client, guide):
    clinic = ClinicSettings.as_written()
    clinic.save()
    assert "Llame al 999" in clinic.spoken("es").emergency_wording
    assert clinic.spoken("en-gb").emergency_wording == "Call 999 or go to A&E now."
    ClinicWords.objects.create(clinic=clinic, language="es", emergency_wording="Llame al 112.")

    html = client.get("/es/book/care/emergency/").content.decode()

    assert "Llame al 112." in html
    assert "Llame al 112." not in client.get("/book/care/emergency/").content.decode()
    changed = ClinicSettings.as_written()
    changed.emergency_wording = "Ring 112, says the clinic."
    assert changed.spoken("es").urgent_wording != changed.urgent_wording


def test_an_owner_sees_the_words_in_the_settings(client, admin_user):
    client.force_login(admin_user)
    site = ClinicSettings.as_written().site
    html = client.get(f"/admin/settings/clinic/clinicsettings/{site.pk}/").content.decode()

    assert "In other languages" in html
    assert "Español" in html


def test_a_secret_address_is_repeated_nowhere(client, db):
    html = client.get("/es/request/open/secret-token/").content.decode()

    assert "secret-token" not in html


def test_local_paths():
    assert languages.local("/guides/") == "/guides/"
    with override("es"):
        assert languages.local("/guides/") == "/es/guides/"
        assert languages.local("/es/guides/") == "/es/guides/"
        assert reverse("book") == "/es/book/"
        assert languages.others() == [("en-gb", "English")]
        place = languages.same_place("/es/book/?guide=/x/", "en-gb", "es/book/")
        assert place == "/book/?guide=/x/"


def test_same_place_by_pattern():
    keyed = "book/<str:draft>/time/"
    for key in ("first", "second"):  # the second time nothing is looked up
        place = languages.same_place(f"/book/{key}/time/?a=b", "es", keyed)
        assert place == f"/es/book/{key}/time/?a=b"
        assert languages.same_place("/offline/", "es", "offline/") == "/offline/"


@pytest.mark.postgresql
def test_mail_speaks_the_requests_language(db):
    service, location, *_ = make_clinic()
    asked = make_request(service, location, verified=False)
    ConsultationRequest.objects.filter(pk=asked.pk).update(locale="es")
    asked.refresh_from_db()

    to_patients.link(asked, now=MONDAY)

    mail = Email.objects.latest("pk")
    assert mail.subject == f"Su enlace para {asked.reference}"
    assert "Este es un enlace a su solicitud" in mail.message
    assert "/es/request/open/" in mail.message
    assert 'lang="es"' in mail.html_message
    assert "Thank you" not in mail.message


def test_answers_survive_a_change_of_language(client, db):
    make_clinic()
    spanish = client.post("/es/book/", Visitor.first_page("es")).url

    assert client.get(spanish).status_code == 200
    assert client.get(spanish.removeprefix("/es")).status_code == 200


def test_language_links_hold_no_secret(client, db):
    page = client.get(reverse("open-request", args=["x" * 43])).content.decode()
    assert '<a href="/es/" lang="es" hreflang="es">' in page
    assert "x" * 43 not in page


def test_how_much_and_how_often_speak_one_language(client, guide):
    page = " ".join(client.get("/es/guides/iliopsoas/").content.decode().split())
    assert 'Cuánto:</strong> <span lang="en-gb" dir="ltr">15 times each side. On at least' in page


@pytest.fixture
def own_slug(guide):
    """A live Spanish guide whose address is not its original's."""
    call_command("start_translation", "es", "/guides/iliopsoas/", stdout=StringIO())
    for page in Page.objects.filter(locale__language_code="es").order_by("depth").specific():
        if isinstance(page, GuidePage):
            page.slug = "psoas-iliaco"
        page.save_revision().publish()
    return GuidePage.objects.get(slug="psoas-iliaco")


def test_the_language_link_follows_translations(client, own_slug):
    for part in ("", "routine/", "print/", "print/?size=large"):
        english, spanish = f"/guides/iliopsoas/{part}", f"/es/guides/psoas-iliaco/{part}"

        assert f'href="{spanish}" lang="es"' in client.get(english).content.decode(), part
        assert f'href="{english}" lang="en-gb"' in client.get(spanish).content.decode(), part
        assert client.get(english).status_code == client.get(spanish).status_code == 200


def test_an_originals_address_leads_to_the_translation(client, own_slug):
    answer = client.get("/es/guides/iliopsoas/routine/")

    assert answer.status_code == 302
    assert answer["Location"] == "/es/guides/psoas-iliaco/routine/"


def test_a_page_in_spanish_alone_leads_home(client, own_slug, guide):
    guide.unpublish()

    html = client.get("/es/guides/psoas-iliaco/").content.decode()

    assert '<a href="/" lang="en-gb"' in html


@pytest.mark.thorough
def test_empty_catalogs_are_not_asked():
    script = """if True:
        import django
        django.setup()
        from django.utils import translation
        from django.utils.translation import trans_real
        from clinic.languages import drop_empty_catalogs, remember_messages

        def said():
            texts = set()
            for code in ("en-gb", "es"):
                for one in trans_real.translation(code)._catalog._catalogs:
                    texts |= {key if isinstance(key, str) else key[0] for key in one if key}
            found = {}
            for code in ("en-gb", "es"):
                with translation.override(code):
                    for text in texts:
                        found[code, text] = translation.gettext(text)
                        for n in (0, 1, 2):
                            found[code, text, n] = translation.ngettext(text, text + "s", n)
            return found

        before = said()
        drop_empty_catalogs()
        remember_messages()
        said()
        after, catalogs = said(), trans_real.translation("en-gb")._catalog._catalogs
        print({key for key in before if before[key] != after[key]} or "all the same")
        print(len(before) > 9000, min(map(len, catalogs)) > 1)
        print(trans_real.translation("en-gb")._fallback)
    """
    run = [sys.executable, "-c", script]
    done = subprocess.run(run, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["all the same", "True True", "None"]
