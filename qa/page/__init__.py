"""The page's HTML: escaped markup, without a web framework.

``markup`` shows any text as text, ``head`` says what is loaded, ``talk`` has the questions and answers,
``evidence`` the passages behind an answer and why they rank as they do, ``source`` a whole document.

Whatever comes from a document, a file's name, an author or a question passes through
:func:`qa.page.markup.escape` and is shown as text. Marks come from stored offsets, never from a search
for the words.
"""

from pathlib import Path

CSS_FILE = Path(__file__).with_name("page.css")
SCRIPT_FILE = Path(__file__).with_name("page.js")
