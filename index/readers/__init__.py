"""A file becomes a :class:`~index.types.Document`: one module per format."""
