"""JSON: conversations, articles, notebooks, and records of any other kind."""

from index.readers.records.notebook import read_notebook
from index.readers.records.reader import read_json

__all__ = ["read_json", "read_notebook"]
