"""The page's looks and its script, as Gradio takes them."""

from pathlib import Path

CSS_FILE = Path(__file__).with_name("page.css")
_SCRIPT_FILE = Path(__file__).with_name("page.js")


_STICKY = (
    "<style>@media (max-width: 900px) { .gradio-container { overflow: clip !important } }</style>"
)
"""Gradio hides what overflows, which keeps the question's box from staying in view; and it confines what
is in the CSS file to its own inside."""


def script(theme: str) -> str:
    """What the HTML's head has beside Gradio's: the page's script.

    Args:
        theme: "auto", "light" or "dark".
    """
    text = _SCRIPT_FILE.read_text(encoding="utf-8")
    return f'{_STICKY}<script>window.qaTheme = "{theme}";\n{text}</script>'
