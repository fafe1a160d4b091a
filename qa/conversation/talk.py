"""Greetings, thanks and the like: a short plain reply, and no search."""

from __future__ import annotations

import re

HELP = (
    "Ask a question in your own words, and the answer comes with the passages that prove it. Follow up"
    " with “why?”, “and in 2016?” or “what else did he say?”. Name a reader, the author or the captions"
    " to hear only them: “what do readers think of …?”. Ask about the whole, too: “what is this about?”,"
    " “how many comments are there?”."
)
_REPLIES: tuple[tuple[str, str], ...] = (
    (
        r"(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening|day)|greetings)(?: (?:there|everyone|all|you))?",
        "Hello. What would you like to know from these documents?",
    ),
    (
        r"(?:(?:ok|okay|great|good|perfect|well)\s+)?(?:many )?(?:thanks|thank you|thx|cheers|ta)"
        r"(?: (?:a lot|so much|very much|you|for (?:your|the) (?:help|answer)|again))*",
        "You are welcome.",
    ),
    (
        r"(?:ok|okay|great|good|perfect|nice|cool|fine|i see|got it|understood|alright|all right|well done"
        r"|very good|interesting|yes|no|yep|nope)",
        "Ask on whenever you like.",
    ),
    (r"(?:bye|goodbye|good ?bye|see you(?: later)?|good night|that is all|that's all)", "Goodbye."),
    (
        r"(?:help|what can (?:you do|i ask(?: you)?)|how does (?:this|it) work|how do (?:i|you) (?:use this|work)"
        r"|who are you|what are you|what questions can i ask)",
        HELP,
    ),
    (
        r"how are you(?: doing)?(?: today)?",
        "Ready to answer. What would you like to know from these documents?",
    ),
)  # fmt: skip
_COMPILED = tuple(
    (re.compile(rf"\W*{pattern}\W*$", re.IGNORECASE), reply) for pattern, reply in _REPLIES
)


def small_talk(text: str) -> str | None:
    """The reply to a greeting, thanks or a call for help; None for a question."""
    plain = " ".join(re.sub(r"[,;.!?]+", " ", text).split())
    return next((reply for pattern, reply in _COMPILED if pattern.match(plain)), None)
