"""An invitation in a mail (iCalendar): what, when, where and who, in one line each."""

from __future__ import annotations

import re

_FIELDS = {
    "SUMMARY": "Appointment",
    "DTSTART": "Begins",
    "DTEND": "Ends",
    "LOCATION": "Place",
    "ORGANIZER": "Organizer",
    "DESCRIPTION": "Description",
}
_LINE = re.compile(r"(?P<name>[A-Z-]+)(?P<options>(?:;[^:\"]*(?:\"[^\"]*\")?)*):(?P<value>.*)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_NAME = re.compile(r";CN=\"?([^;:\"]+)")
_ZONE = re.compile(r";TZID=\"?([^;:\"]+)")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_MAX_EVENTS = 100


def appointments(text: str) -> list[str]:
    """The appointments of a calendar, each as one text."""
    found: list[str] = []
    said: dict[str, str] = {}
    depth = 0
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        if line == "BEGIN:VEVENT":
            said, depth = {}, 1
        elif line == "END:VEVENT" and depth:
            depth = 0
            if said and len(found) < _MAX_EVENTS:
                found.append("; ".join(f"{_FIELDS[key]}: {value}" for key, value in said.items()))
        elif line.startswith("BEGIN:") and depth:
            depth += 1  # an alarm has a description, too
        elif line.startswith("END:") and depth:
            depth -= 1
        elif depth == 1:
            _take(line, said)
    return found


def _take(line: str, said: dict[str, str]) -> None:
    entry = _LINE.fullmatch(line)
    if entry is None or entry["name"] not in _FIELDS or entry["name"] in said:
        return
    value = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], entry["value"])
    if entry["name"].startswith("DT"):
        value = _moment(value, entry["options"])
    elif entry["name"] == "ORGANIZER":
        name = _NAME.search(entry["options"])
        value = name[1] if name else re.sub(r"(?i)^mailto:", "", value)
    value = " ".join(value.split())
    if value:
        said[entry["name"]] = value


def _moment(value: str, options: str) -> str:
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        return value
    day = "-".join(found.group(1, 2, 3))
    if found[4] is None:
        return day
    zone = _ZONE.search(options)
    place = " UTC" if found[6] else f" ({zone[1]})" if zone else ""
    return f"{day} {found[4]}:{found[5]}{place}"
