"""XLSX: the sheets of a workbook, row by row, with the notes at their cells."""

from index.readers.xlsx.reader import read_xlsx

__all__ = ["read_xlsx"]
