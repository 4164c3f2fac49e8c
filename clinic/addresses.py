"""Email addresses, as mailboxes."""

import re
import unicodedata

DOTS_IGNORED = {"gmail.com", "googlemail.com"}


def mailbox(email: str) -> str:
    """The same for every spelling that reaches one mailbox: for counting, never for writing to it.

    As mail servers read it: letters in their plain form (NFKC), characters that nobody sees left out,
    quotes around the local part taken off, the domain in its ASCII form (IDNA). Letter case, a tag after
    "+", and Gmail's dots are dropped. Where a server does tell two of them apart, both share a limit,
    which is all that happens.
    """
    local, _, domain = _plain(email).rpartition("@")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    local = local.partition("+")[0]
    domain = _ascii(domain.rstrip("."))
    if domain in DOTS_IGNORED:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in folded if unicodedata.category(c) != "Cf").strip()


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
