"""Reading passages for the words that answer a question.

``reader`` has the seam, ``packaged`` the model that comes with the program, ``huggingface`` any other
one, ``choose`` picks between them, and ``spans`` finds the likeliest words in a model's figures.
"""
