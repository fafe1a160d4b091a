"""What became of many files, told without decoding their documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.entries import Record
from index.files import Source
from index.lazy import LazySequence
from index.types import FileReport


class Reports(LazySequence[FileReport]):
    """A report on each file and each part of one; a document is decoded when its report is asked for.

    Args:
        problems: on paths of which nothing could be read.
        sources: the files that were read.
        records: what was read from them, by its documents' ids.

    Attributes:
        problems: the reports that say why something was not indexed.
    """

    def __init__(
        self,
        problems: Sequence[FileReport],
        sources: Sequence[Source],
        records: Mapping[str, Record],
    ) -> None:
        parts: list[FileReport | tuple[str, str]] = list(problems)
        for source in sources:
            parts += source.documents
            parts += [FileReport(path, problem=problem) for path, problem in source.problems]
        self.problems = [part for part in parts if isinstance(part, FileReport)]

        def report(place: int) -> FileReport:
            part = parts[place]
            if isinstance(part, FileReport):
                return part
            path, name = part
            document = records[name].document
            same = document.path if document.path != path else None
            return FileReport(path, document, same_as=same)

        super().__init__(len(parts), report)


def problems_of(reports: Sequence[FileReport]) -> list[FileReport]:
    """The reports that say why something was not indexed."""
    if isinstance(reports, Reports):
        return reports.problems
    return [report for report in reports if report.problem]
