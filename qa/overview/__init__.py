"""Questions about documents as a whole, which no few passages can answer.

"How many comments are there?" is counted, "what sections does it have?" listed, and "what is this
about?" put together of sentences that cover the text. ``requests`` recognises such a question,
``structure`` counts and lists, ``summary`` chooses sentences, and ``overview`` makes the answer.
"""
