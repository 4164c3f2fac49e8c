"""Text pasted into a guide keeps what carries meaning."""

import json

from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from education.blocks.text import FEATURES
from education.guide.checks import plain


def test_a_struck_out_dose_stays_struck_out():
    """As the editor hands on what was pasted."""
    text = "Hold for 60 30 seconds, m2."
    styles = [
        {"offset": 9, "length": 2, "style": "STRIKETHROUGH"},
        {"offset": 25, "length": 1, "style": "SUPERSCRIPT"},
    ]
    block = {"key": "a", "text": text, "type": "unstyled", "depth": 0, "entityRanges": []}
    pasted = json.dumps({"blocks": [block | {"inlineStyleRanges": styles}], "entityMap": {}})

    html = ContentstateConverter(FEATURES).to_database_format(pasted)

    assert "<s>60</s> 30 seconds" in html
    assert "m<sup>2</sup>" in html


def test_a_sheet_prints_no_struck_out_dose():
    source = "<p>Hold for <s>60</s> 30 seconds.</p><p><s>Twice</s></p>"

    assert plain(source) == ["Hold for 30 seconds."]
