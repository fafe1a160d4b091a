"""Follow-ups, greetings, and the conversation that they belong to, without a language model.

``conversation`` holds the turns, ``followup`` puts a follow-up in full, ``mentions`` knows what has
been spoken of, ``talk`` answers what is no question.
"""
