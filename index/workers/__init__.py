"""Files are read in processes of their own, within limits of time and memory.

A parser that hangs, crashes or eats memory costs its own file and nothing else. What runs in those
processes is :mod:`index.worker`.
"""

from index.workers.jobs import FileReading, ReadRequest
from index.workers.pool import ReadingPool

__all__ = ["FileReading", "ReadRequest", "ReadingPool"]
