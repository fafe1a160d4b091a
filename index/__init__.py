"""Documents in, passages found: reading, cutting, embedding, and searching by vectors and words.

This package knows nothing of questions' answers or of pages; ``qa`` does.
"""
