"""PPTX: the slides of a presentation in their order, with notes and reviewers' comments."""

from index.readers.pptx.reader import read_pptx

__all__ = ["read_pptx"]
