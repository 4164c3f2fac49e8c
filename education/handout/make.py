"""Make a guide's handout (tagged PDF, PDF/UA-1) and its share picture (PNG).

segno and typst are loaded when the first one is made: the worker and commands never make any.
"""

import datetime as dt
import hashlib
import json
import logging
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from django.core.cache import cache
from django.utils import formats, timezone, translation
from django.utils.translation import gettext

from clinic.models import ClinicSettings
from education.enums import CareLevel
from education.guide import drawings
from education.guide.checks import plain
from education.guide.content import Guide
from education.handout import edition, typeface

FOLDER = Path(__file__).resolve().parent
PAPERS = {"a4": "a4", "letter": "us-letter"}
CACHE_SECONDS = 24 * 60 * 60
logger = logging.getLogger(__name__)


def qr(url: str) -> str:
    """The page's address as an SVG, to scan from paper."""
    import segno

    out = BytesIO()
    segno.make(url, error="m").save(out, kind="svg", border=2, scale=4)
    return out.getvalue().decode()


def clinic_data(clinic: ClinicSettings) -> dict[str, Any]:
    """The clinic's name, phone and colours, and the language: on every sheet and picture."""
    colours = {name: getattr(clinic.colours, name) for name in ("brand", "deep", "on_deep_soft")}
    return {
        "lang": (translation.get_language() or "en")[:2],
        "clinic": {"name": clinic.name, "phone": clinic.phone.as_national if clinic.phone else ""},
        "colours": colours,
    }


def data(page: Any, guide: Guide, clinic: ClinicSettings, url: str) -> dict[str, Any]:
    """Everything that a handout shows, in both sizes."""
    return clinic_data(clinic) | {
        "own_lang": page.locale.language_code[:2],
        "title": page.title,
        "headline": page.headline,
        "url": url,
        "shown_url": url.partition("//")[2].rstrip("/"),
        "qr": qr(url),
        "disclaimer": clinic.disclaimer,
        "warnings": [
            {
                "heading": value["heading"],
                "texts": [value["short"]] if value.get("short") else plain(value["text"].source),
            }
            for value in guide.warnings
        ],
        **exercises(guide.practice),
        "care": [care(value, clinic) for value in guide.care_cards],
        "review": review(page),
        "words": words(),
    }


def exercises(values: list[Any]) -> dict[str, Any]:
    """The exercises, and apart from them what each says: one sheet has little room."""
    found = [exercise(value) for value in values]
    shared = {}
    for name in ("cautions", "stop_if"):
        lists = [one[name] for one in found]
        shared[name] = (
            [item for item in lists[0] if all(item in each for each in lists)] if lists[1:] else []
        )
        for one in found:
            one[name] = [item for item in one[name] if item not in shared[name]]
    return {"exercises": found, "shared": shared}


def exercise(value: Any) -> dict[str, Any]:
    record = value["exercise"]
    return {
        "name": record.name,
        "steps": record.step_list,
        "dose": value.dose.text,
        "often": record.how_often,
        "cautions": record.caution_list,
        "stop_if": [item.rstrip(".") for item in record.stop_list],
        # Only our own drawings: an uploaded picture may be stored on another server.
        "pictures": [
            {
                "path": f"/{record.drawing}-{phase}.svg",
                "alt": alt or f"{record.name}: {label}",
                "label": label,
            }
            for phase, alt, label in (
                ("start", record.start_alt, sided(record, gettext("Start"))),
                ("end", record.end_alt, sided(record, gettext("End"))),
            )
            if record.drawing and drawings.size(f"{record.drawing}-{phase}")
        ],
    }


def sided(record: Any, label: str) -> str:
    """A picture's label, with the side that our drawings show where an exercise has two."""
    return f"{label}, {gettext('right side')}" if record.each_side else label


def care(value: Any, clinic: ClinicSettings) -> dict[str, Any]:
    level = CareLevel(value["level"])
    advice = {
        CareLevel.EMERGENCY: clinic.emergency_wording,
        CareLevel.URGENT: clinic.urgent_wording,
        CareLevel.NON_URGENT: value["advice"] or "",
    }[level]
    heading = value["heading"] or gettext("%(level)s if:") % {"level": level.label}
    items = [value["short"]] if value.get("short") else list(value["items"])
    return {
        "heading": heading,
        "items": items,
        "advice": advice,
        "own_heading": bool(value["heading"]),
        "own_advice": level == CareLevel.NON_URGENT,
    }


def review(page: Any) -> str:
    """Who signed what is on the sheet, in one line."""
    claim = page.claim
    if not claim:
        return gettext("Clinical review: waiting for a clinician to sign it off.")
    signed = claim.sign_off
    line = gettext("Checked by %(who)s: %(last)s. Next check due: %(next)s.") % {
        "who": signed.who or gettext("a clinician"),
        "last": formats.date_format(signed.signed_on),
        "next": formats.date_format(signed.next_review),
    }
    if claim.changed:
        since = gettext("Changed since then: %(names)s.") % {"names": claim.changed_names}
        line = f"{line} {since}"
    return line


def words() -> dict[str, str]:
    return {
        "page": gettext("Page"),
        "qr": gettext("Code to scan: opens this guide on your phone"),
        "dose": gettext("How much:"),
        "care": gettext("Take care:"),
        "each": gettext("With each exercise."),
        "stop": gettext("Stop if:"),
        "grid": gettext("Two-week log"),
        "grid_help": gettext(
            "Tick a box each time you do an exercise. You don’t need to do them every day."
        ),
        "day": gettext("Day"),
        "help": gettext("When to get help"),
        "call": gettext("Questions? Call us:"),
    }


def private_pdf(sheet: dict[str, Any], *, large: bool = False) -> bytes:
    """A sheet about one person: no cache keeps it."""
    chosen = sheet | {"paper": PAPERS["a4"], "large": large}
    return compile_with_fallbacks(
        "sheet.typ", typeface.everywhere(chosen, typeface.readable), "pdf"
    )


def pdf(sheet: dict[str, Any], *, paper: str = "a4", large: bool = False) -> bytes:
    """The handout. The same content is compiled at most once a day, and anew after an upgrade."""
    return cached_compile("sheet.typ", sheet | {"paper": PAPERS[paper], "large": large}, "pdf")


def picture(title: str, headline: str, clinic: ClinicSettings, *, drawing: str) -> bytes:
    """The picture of a shared link: title, headline, clinic and drawing in the clinic's colours."""
    sheet = {"title": title, "headline": headline, "drawing": f"/{drawing}.svg"}
    return cached_compile("share.typ", clinic_data(clinic) | sheet, "png")


def cached_compile(template: str, sheet: dict[str, Any], kind: Literal["pdf", "png"]) -> bytes:
    sheet = typeface.everywhere(sheet, typeface.readable)
    key = cache_key(template, sheet, edition.edition())
    found: bytes | None = cache.get(key)
    if found is None:
        found = compile_with_fallbacks(template, sheet, kind)
        cache.set(key, found, CACHE_SECONDS)
    return found


def cache_key(template: str, sheet: dict[str, Any], made_by: str) -> str:
    """An upgrade's sheets are others, of the same content too."""
    text = json.dumps(sheet, ensure_ascii=False, sort_keys=True)
    return f"handout:{template}:{hashlib.sha256(f'{made_by}{text}'.encode()).hexdigest()}"


def compile_with_fallbacks(
    template: str, sheet: dict[str, Any], kind: Literal["pdf", "png"]
) -> bytes:
    """First as written; then in our own font alone; then without the promise to screen readers."""
    import typst

    try:
        return compiled(template, sheet, kind)
    except typst.TypstError:
        sheet = typeface.everywhere(sheet, typeface.in_our_font) | {"qr": sheet.get("qr", "")}
    try:
        return compiled(template, sheet, kind)
    except typst.TypstError as error:
        logger.exception("A handout is not accessible: %s", error.message)
        return compiled(template, sheet, kind, standards=())


def compiled(
    template: str,
    sheet: dict[str, Any],
    kind: Literal["pdf", "png"],
    standards: tuple[Literal["ua-1"], ...] = ("ua-1",),
) -> bytes:
    import typst

    # The document can read nothing outside the root, the drawings' folder.
    compiler = typst.Compiler(
        (FOLDER / template).read_bytes(), root=str(drawings.FOLDER), font_paths=typeface.fonts()
    )
    options: dict[str, Any] = {"ppi": 144} if kind == "png" else {"pdf_standards": list(standards)}
    if kind == "pdf":
        options["timestamp"] = dt.datetime.combine(timezone.localdate(), dt.time(), dt.UTC)
    text = json.dumps(sheet, ensure_ascii=False)
    done = compiler.compile(format=kind, sys_inputs={"data": text}, **options)
    first = done[0] if isinstance(done, list) else done
    if first is None:
        raise RuntimeError("typst made nothing")
    return first
