"""Due dates as an iCalendar file (RFC 5545), which calendar programs read again and again."""

from icalendar import Calendar, Event, vText

PRODUCER = "-//Waterline//Due dates//EN"


def calendar_file(name, entries, *, host):
    """Return a calendar of whole days as bytes: titles and dates, no alarms, nobody made busy.

    ``entries`` have ``key`` (of the row, for ever), ``day``, ``title`` and ``changed_at``; ``host`` makes the
    keys unique in the world.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(_one_line(name)))
    for entry in entries:
        calendar.add_component(_event(entry, host))
    return calendar.to_ical()


def _event(entry, host):
    event = Event()
    event.add("uid", f"{entry.key}@{host}")
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.day)
    event.add("summary", _one_line(entry.title))
    event.add("transp", "TRANSPARENT")
    return event


def _one_line(text):
    return " ".join(text.split())
