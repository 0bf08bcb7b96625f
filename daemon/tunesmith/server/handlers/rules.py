"""What is asked about rules."""

from __future__ import annotations

from tunesmith.rules.page_text import page_text
from tunesmith.server.messages.rules import NamedRule, RulePage
from tunesmith.server.refused import Refused
from tunesmith.server.session import Session


async def page(_session: Session, params: NamedRule) -> RulePage:
    text = page_text(params.code)
    if text is None:
        raise Refused(f"There is no rule {params.code}.")
    return RulePage(text)
