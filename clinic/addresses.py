"""Email addresses, as mailboxes."""

DOTS_IGNORED = {"gmail.com", "googlemail.com"}


def mailbox(email: str) -> str:
    """The same for every spelling that reaches one mailbox: for counting, never for writing to it.

    Letter case, a tag after "+", and Gmail's dots are dropped. Where a server does tell two of them
    apart, both share a limit, which is all that happens.
    """
    local, _, domain = email.strip().casefold().rpartition("@")
    local = local.partition("+")[0]
    if domain in DOTS_IGNORED:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
