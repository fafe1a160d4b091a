"""The page: what it shows, and what it remembers of each visitor.

========================  =========================================================================
``page``                  the Gradio widgets and what they call; ``theme`` their colours
``api``                   the endpoints that programs call
``session``, ``turn``     a visitor's conversation; ``shelf`` the documents that a visitor asks,
                          ``collections`` those that are kept, ``library`` those that all have
``talk``, ``evidence``    markup: questions and answers, the passages behind them and why they rank
                          as they do; ``source`` a whole document, ``documents`` the list of them,
                          ``head`` what is loaded; ``markup`` shows any text as text
``auth``, ``options``     who may see it, and how it is served
``page.css``, ``page.js`` its looks, and what a browser does by itself; ``assets`` finds them
========================  =========================================================================

Whatever comes from a document, a file's name, an author or a question passes through
:func:`qa.page.markup.escape` and is shown as text. Marks come from stored offsets, never from a search
for the words.
"""
