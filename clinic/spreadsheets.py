"""Exported lists: what begins like a formula is kept from being one (OWASP, "CSV injection")."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.mixins import SpreadsheetExportMixin

STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutral(value: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe; numbers and dates stay what they are."""
    if isinstance(value, str) and value.startswith(STARTS):
        return f"'{value}"
    return value


def install() -> None:
    """For every list that Wagtail exports as CSV. In its XLSX files text is text already."""
    as_wagtail_does = SpreadsheetExportMixin.preprocess_field_value

    def preprocess_field_value(self: Any, field: str, value: Any, export_format: str) -> Any:
        found = as_wagtail_does(self, field, value, export_format)
        return neutral(found) if export_format == self.FORMAT_CSV else found

    SpreadsheetExportMixin.preprocess_field_value = preprocess_field_value
