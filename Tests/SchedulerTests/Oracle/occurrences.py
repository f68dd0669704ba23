"""Names the moments at which cron expressions are due, by croniter and Python's own time zones.

Reads lines `ZONE|EXPRESSION|START|END` (Unix seconds) and answers each with the moments after START and up to END, in one
line. croniter gives readings of the clock only; what becomes of them when the clocks change is this file's part, written
from docs/schedules.md: a reading that is skipped is due at the change, one that comes twice the first time; where the
hours begin with `*` the expression follows the clock.
"""
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from croniter import croniter

UTC = timezone.utc


def wall(moment, zone):
    return datetime.fromtimestamp(moment, zone).replace(tzinfo=None)


def change(low, high, zone):
    """The first second after `low` with another offset, or None."""
    def offset(moment):
        return datetime.fromtimestamp(moment, zone).utcoffset()

    if offset(low) == offset(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
    return high


def moment_of(reading, zone):
    """The moment at which the clock first shows a reading; that of the change when it is skipped."""
    first = reading.replace(tzinfo=zone, fold=0)
    moment = int(first.timestamp())
    if wall(moment, zone) == reading:
        return moment
    return change(moment - 86400, moment + 86400, zone) or moment


def keeping_to_the_day(expression, zone, start, end):
    reading = wall(start, zone) - timedelta(days=2)
    last = wall(end, zone) + timedelta(days=1)
    times = croniter(expression, reading)
    found = set()
    while True:
        reading = times.get_next(datetime)
        if reading > last:
            return sorted(moment for moment in found if start < moment <= end)
        found.add(moment_of(reading, zone))


def following_the_clock(expression, zone, start, end):
    found = []
    while start < end:
        # Between two changes the clock runs evenly.
        stop, probe = end, start + 1
        while probe < end:
            border = change(probe, min(probe + 86400, end), zone)
            if border:
                stop = border - 1
                break
            probe += 86400
        # One second earlier, since the reading at the change itself counts.
        offset = datetime.fromtimestamp(start + 1, zone).utcoffset()
        times = croniter(expression, (datetime.fromtimestamp(start, UTC) + offset).replace(tzinfo=None))
        while True:
            reading = times.get_next(datetime)
            moment = int((reading - offset).replace(tzinfo=UTC).timestamp())
            if moment > stop:
                break
            found.append(moment)
        start = stop
    return found


for line in sys.stdin:
    name, expression, start, end = line.rstrip("\n").split("|")
    fields = expression.split()
    hours = fields[-4]
    zone = ZoneInfo(name)
    # croniter has the seconds at the end.
    if len(fields) == 6:
        expression = " ".join(fields[1:] + fields[:1])
    way = following_the_clock if hours.startswith("*") else keeping_to_the_day
    print(*way(expression, zone, int(start), int(end)))
