"""Whatever an editor can save, every output copes with: page, sheet, PDF, picture, data, worker."""

import json
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from clinic.models import ClinicSettings
from education.handout import make, typeface
from education.models import Exercise, GlossaryTerm

TEXTS = {
    "emoji": "Lift 🦵 ❤️‍🔥 👨‍👩‍👧 ☺️",
    "chinese": "慢慢抬起膝盖",
    "right to left": "ارفع ركبتك ‏ הרם את הברך",
    "thai": "ยกเข่าขึ้น",
    "private": "a\ue000b \U0010fffd",
    "not a character": "a\ufffeb \U0001fffe",
    "beyond the plane": "\U0001f9ff\U000e0001 𝔥𝔦𝔭",
    "controls": "a\x01\x0b\x1f\x7f\x85b",
    "changes of direction": "a\u202eb\u2066c\u2069",
    "no width": "\u200b\u200d\ufeff",
    "heaped marks": "e" + "\u0301" * 40,
    "mathematics": "∀x∈ℝ ½ ₂ ≤ ﷺ ﬀ",
    "separators": "a\u2028b\u2029c",
    "markup": "</script><!-- ]]> {{ x }} {% y %} #panic(1) $ \\u0041",
    "long": "x" * 3000,
}


# One of each kind of trouble; the rest with ALL.
QUICK = {"emoji", "right to left", "controls", "markup"}


@pytest.fixture(
    params=[
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.thorough) for name in TEXTS
    ]
)
def hostile(request):
    return TEXTS[request.param]


@pytest.fixture
def hostile_guide(guide, hostile):
    """The text in every field of the guide and its exercises that has room for it."""
    Exercise.objects.update(
        name=hostile[:80], steps=f"{hostile}\n{hostile}", cautions=hostile, stop_if=hostile
    )
    Exercise.objects.update(start_alt=hostile[:200], end_alt="", summary=hostile[:200])
    GlossaryTerm.objects.update(meaning=hostile[:200])
    guide.title, guide.headline, guide.introduction = hostile[:100], hostile[:100], hostile[:400]
    guide.slug = "iliopsoas"
    guide.save()
    return guide


@pytest.mark.parametrize("language", ["", pytest.param("/es", marks=pytest.mark.thorough)])
def test_every_output_copes(client, hostile_guide, language):
    here = f"{language}/guides/iliopsoas/"
    for path in (
        here,
        f"{here}routine/",
        f"{here}print/",
        f"{language}/guides/sw.js",
        f"{language}/guides/",
        f"{language}/",
        f"{language}/search/?q=knee",
        f"{language}/how-we-write/",
        "/sitemap.xml",
    ):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    "query",
    [
        "",
        pytest.param("?paper=letter", marks=pytest.mark.thorough),
        pytest.param("?size=large", marks=pytest.mark.thorough),
    ],
)
def test_every_sheet_stays_accessible(client, hostile_guide, query, caplog):
    response = client.get(f"{hostile_guide.url}print/pdf/{query}")

    assert response.content.startswith(b"%PDF-")
    assert b"pdfuaid" in response.content
    assert not caplog.records


def test_data_in_pages_can_be_read(client, hostile_guide, hostile):
    page = BeautifulSoup(client.get(hostile_guide.url).content, "html.parser")
    graph = json.loads(page.select_one("script[type='application/ld+json']").string)["@graph"]
    assert any(part.get("name") == hostile[:100] for part in graph)

    routine = client.get(f"{hostile_guide.url}routine/").content
    data = BeautifulSoup(routine, "html.parser").select_one("#practice-data").string

    assert json.loads(data)["exercises"][0]["name"] == hostile[:80]


def test_share_picture_copes(client, hostile_guide):
    page = BeautifulSoup(client.get(hostile_guide.url).content, "html.parser")
    address = page.select_one("meta[property='og:image']")["content"]

    assert client.get(urlsplit(address).path).content.startswith(b"\x89PNG")


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\ud83d"])
def test_broken_text_still_makes_a_sheet(guide, rf, text):
    """What no database of ours stores, and a body's JSON might."""
    request = rf.get("/")
    sheet = guide.sheet(request)
    sheet["title"] = sheet["exercises"][0]["steps"][0] = text

    assert b"pdfuaid" in make.pdf(sheet)
    clinic = ClinicSettings.current(request)
    assert make.picture(text, text, clinic, drawing="bridge-end").startswith(b"\x89PNG")


def test_what_cannot_be_shown_is_seen():
    assert typeface.readable("a\ue000b") == "a■b"
    assert typeface.readable("\u200b") == "■"
    assert typeface.in_our_font("Lift 🦵 é") == "Lift ■ é"
