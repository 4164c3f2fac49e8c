"""The handout on paper and as a tagged PDF, and the share picture."""

import json
import re
import zlib
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import typst
from bs4 import BeautifulSoup
from wagtail.models import Site

from education.guide import drawings
from education.handout import edition, make, typeface


def test_pdf_is_tagged_and_declares_accessibility(client, guide):
    response = client.get(f"{guide.url}print/pdf/")

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="iliopsoas.pdf"'
    assert response.content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in response.content
    assert b"/Marked true" in response.content
    assert b"pdfuaid" in response.content


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def inside(pdf):
    """What a PDF holds, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    found = [pdf]
    for one in packed:
        with suppress(zlib.error):
            found.append(zlib.decompress(one))
    return b"".join(found)


def test_sheet_has_our_typefaces_and_names_its_rows(client, guide):
    held = inside(client.get(f"{guide.url}print/pdf/").content)

    assert b"Figtree-Regular" in held and b"Literata-SemiBold" in held
    assert len(re.findall(rb"/S/TH\b", held)) == 1 + 14 + 3  # the day, its numbers, each exercise


def test_sheet_marks_the_language_of_its_parts(client, guide):
    """Our own words are in the reader's language, the guide's in its own."""
    held = inside(client.get(f"/es{guide.url}print/pdf/").content)

    assert held.count(b"/Lang(es)") >= 1
    assert held.count(b"/Lang(en)") > 10


def test_no_word_of_the_sheet_is_small(client, guide):
    held = inside(client.get(f"{guide.url}print/pdf/").content)

    sizes = {float(size) for size in re.findall(rb"/f\d+ ([\d.]+) Tf", held)}

    assert sizes and min(sizes) >= 11


@pytest.mark.parametrize(("query", "count"), [("", 2), ("?paper=letter", 2), ("?size=large", 4)])
def test_one_sheet_and_more_in_large_print(client, guide, query, count):
    found = pages(client.get(f"{guide.url}print/pdf/{query}").content)

    assert found == count


def test_large_print_splits_no_exercise(rf, guide):
    sheet = typeface.everywhere(guide.sheet(rf.get("/")), typeface.readable)
    data = json.dumps(sheet | {"paper": "a4", "large": True})
    compiler = typst.Compiler(
        (make.FOLDER / "sheet.typ").read_bytes(),
        root=str(drawings.FOLDER),
        font_paths=typeface.fonts(),
        sys_inputs={"data": data},
    )

    begins, ends = json.loads(
        compiler.eval(
            "(heading.where(level: 2), table).map(what => query(what).map(it => it.location().page()))"
        )
    )

    assert begins[1:] == ends  # after the help, each name and its days to tick
    assert len(set(ends)) == 3


def test_print_page_boxes_warnings_and_links_last_line(client, guide):
    page = BeautifulSoup(client.get(f"{guide.url}print/").content, "html.parser").main

    assert (
        page.select_one(".notice--warning h2").text.strip() == "Important: Who should not do this"
    )
    assert all(len(box.select("li")) for box in page.select(".exercise__stop"))
    assert page.select(f"a[href='{guide.url}']")
    assert page.select("a[href='tel:+442079460123']")


def test_print_page_warns_and_loads_pictures_eagerly(client, guide):
    html = client.get(f"{guide.url}print/").content.decode()

    assert html.index("Who should not do this") < html.index("Sit tall on a firm chair")
    assert "Get emergency help now if:" in html
    assert 'loading="lazy"' not in html


@pytest.mark.parametrize("query", ["?paper=../../etc", "?paper=", "?paper=a4&paper=x"])
def test_odd_questions_get_a_sheet(client, guide, query):
    assert client.get(f"{guide.url}print/pdf/{query}").status_code == 200


def test_the_sheet_says_what_the_guide_says(guide, rf):
    request = rf.get("/")
    sheet = guide.sheet(request)

    assert sheet["url"].endswith("/guides/iliopsoas/")
    assert [exercise["name"] for exercise in sheet["exercises"]] == [
        "Seated knee lift",
        "Half-kneeling stretch",
        "Lying stretch",
    ]
    assert all(exercise["stop_if"] for exercise in sheet["exercises"])
    assert len(sheet["care"]) == 3
    assert "do not replace" in sheet["disclaimer"]
    assert "waiting for a clinician" in sheet["review"]
    assert "<svg" in sheet["qr"]


def test_text_is_never_markup(guide, rf):
    guide.title = '#panic("x") $ = * _ [ ] < > @ \\ "quoted" `raw`'

    assert make.pdf(guide.sheet(rf.get("/"))).startswith(b"%PDF-")


@pytest.mark.parametrize("path", ["/", "/guides/", "/guides/iliopsoas/", "/how-we-write/"])
def test_every_page_has_a_share_picture(client, guide, path):
    page = BeautifulSoup(client.get(path).content, "html.parser")
    address = page.select_one("meta[property='og:image']")["content"]
    assert address.startswith(f"{Site.objects.get().root_url}/share/")

    response = client.get(urlsplit(address).path)

    assert response["Content-Type"] == "image/png"
    assert response.content[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")


def test_shared_guide_has_its_own_drawing(guide):
    assert guide.share_drawing == "seated-knee-lift-end"

    guide.body = []

    assert guide.share_drawing == "half-kneeling-stretch-end"


def test_a_draft_has_none(client, guide):
    guide.unpublish()

    assert client.get(f"/share/{guide.pk}.png").status_code == 404


def test_an_upgrade_makes_the_sheet_anew(tmp_path, guide, rf):
    """What was made by another template, drawing or compiler is not the same sheet."""
    template, drawing = tmp_path / "sheet.typ", tmp_path / "bridge.svg"
    template.write_text("#let a = 1")
    drawing.write_text("<svg/>")
    files, sheet = [template, drawing], guide.sheet(rf.get("/"))
    editions = [edition.of(files, "1"), edition.of(files, "1"), edition.of(files, "2")]
    for file, text in ((template, "#let a = 2"), (drawing, "<svg></svg>")):
        file.write_text(text)
        editions.append(edition.of(files, "1"))

    keys = [make.cache_key("sheet.typ", sheet, one) for one in editions]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_every_source_of_a_sheet_counts():
    names = {path.name for path in edition.sources()}

    assert {"sheet.typ", "share.typ", "make.py", "Figtree-Regular.ttf", "bridge-end.svg"} <= names


@pytest.mark.postgresql
def test_a_sheet_without_drawings(client, guide):
    from education.models import Exercise

    Exercise.objects.update(drawing="")

    assert client.get(f"{guide.url}print/pdf/").status_code == 200
