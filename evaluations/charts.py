"""A result as a plotly figure, in plain lists. One script (``static/js/charts.js``) draws them all.

Nothing is told apart by colour alone: neighbours differ in lightness or pattern as well, and every part has
its number or its name beside it.
"""

from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from evaluations.analysis.rounds import Move
from evaluations.analysis.timeline import Standing
from evaluations.conditions import Condition, Kind, Tangibility

INK, RULE, PAPER = "#12303a", "#d8e2e4", "#ffffff"
DEEP, ACCENT, LATE = "#0d4a5e", "#0b6e8a", "#a3243b"
COLOURS = {Kind.ACHIEVEMENT: "#0a6b55", Kind.BARRIER: "#9a4a0a"}
FONT = '"Atkinson Hyperlegible Next", system-ui, sans-serif'


@dataclass(frozen=True)
class Look:
    """How a part of a bar is filled: colour, pattern (plotly's name, or none), and the colour of its text."""

    fill: str
    pattern: str = ""
    text: str = INK
    stroke: str = DEEP

    @property
    def marker(self):
        """Return what plotly draws it with. The pattern is fine enough for a number to be read on it."""
        marker = {"color": self.fill, "line": {"color": self.stroke, "width": 1}}
        if self.pattern:
            marker["pattern"] = {
                "shape": self.pattern,
                "fillmode": "overlay",
                "fgcolor": self.stroke,
                "fgopacity": 0.35,
                "size": 8,
                "solidity": 0.18,
            }
        return marker


SIDES = {
    Tangibility.TANGIBLE: Look("#d6eaf0"),
    Tangibility.INTANGIBLE: Look(DEEP, text=PAPER),
}
MOVES = {
    Move.RESOLVED: Look(PAPER),
    Move.PERSISTS: Look("#b4d6e1", "/"),
    Move.WORSENED: Look(LATE, text=PAPER, stroke="#7d1529"),
    Move.UNDECIDED: Look("#f7f9f8", ".", stroke="#48626b"),
    Move.NEW: Look("#6aa9bd"),
}
# In the order of the tracker, by the codes of ``Recommendation.status``.
STATUSES = {
    "not_started": Look(PAPER),
    "in_progress": Look("#d6eaf0", "/"),
    "on_hold": Look("#fff8e6", ".", stroke="#6b4e00"),
    "completed": Look(DEEP, text=PAPER),
    "no_longer_applicable": Look("#d8e2e4", "x", stroke="#48626b"),
}


@dataclass(frozen=True)
class Mark:
    """How a point in time is drawn: plotly's symbol, its size and colour."""

    symbol: str
    colour: str
    size: int = 15

    @property
    def marker(self):
        """Return what plotly draws it with."""
        line = {"width": 2.5, "color": self.colour}
        return {"symbol": self.symbol, "size": self.size, "color": self.colour, "line": line}


MARKS = {
    Standing.DONE: Mark("circle", DEEP),
    Standing.LATE: Mark("diamond", LATE),
    Standing.ON_HOLD: Mark("square-open", "#6b4e00"),
    Standing.OPEN: Mark("circle-open", ACCENT),
    Standing.DROPPED: Mark("x-thin-open", "#48626b", 11),
}
FIRST_DUE = Mark("triangle-down-open", "#48626b", 9)
LONGEST_NAME = 38  # as much as stands on a phone


def mirrored_bars(comparison):
    """Return one small figure a strand: achievements to the left, barriers to the right of each condition.

    All are on one scale. Bars of a strand that does not come from interviews are outlined. Returns a list of
    ``(strand figures, figure as a plain dict)``.
    """
    reach = max(comparison.largest, 1)
    return [(strand, _mirrored(strand, reach)) for strand in comparison.strands]


def _mirrored(strand, reach):
    figure = go.Figure()
    for kind, direction in ((Kind.ACHIEVEMENT, -1), (Kind.BARRIER, 1)):
        values = [strand.counts[kind, condition] for condition in Condition]
        figure.add_bar(
            name=kind.short_heading,
            orientation="h",
            y=_condition_labels(),
            x=[direction * value for value in values],
            text=[str(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=values,
            hovertemplate="%{y}: %{customdata} " + kind.short_heading.lower() + "<extra></extra>",
            marker=_marker(kind, strand.from_interviews),
        )
        figure.add_annotation(_side_heading(kind, direction))
    figure.update_layout(_layout(height=370), barmode="relative", bargap=0.35, showlegend=False)
    figure.update_layout(margin={"t": 44})
    figure.update_xaxes(range=[-reach * 1.25, reach * 1.25], visible=False, zeroline=True, fixedrange=True)
    figure.update_yaxes(_labels())
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    figure.add_hline(y=2.5, line={"color": ACCENT, "width": 2})
    return plain(figure)


def _marker(kind, from_interviews):
    """Return how a bar is filled: outlined from public sources, else barriers hatched, for grey paper."""
    marker = {
        "color": COLOURS[kind] if from_interviews else PAPER,
        "line": {"color": COLOURS[kind], "width": 2},
    }
    if kind is Kind.BARRIER and from_interviews:
        hatch = {"shape": "/", "fillmode": "overlay", "fgcolor": PAPER, "fgopacity": 0.5}
        marker["pattern"] = {**hatch, "size": 7, "solidity": 0.2}
    return marker


def _side_heading(kind, direction):
    """Return what stands above one side of mirrored bars, beginning at the line between the two."""
    return {
        "text": kind.short_heading.replace("To do and ", "To do and<br>"),
        "x": 0,
        "xanchor": "left" if direction > 0 else "right",
        "align": "left" if direction > 0 else "right",
        "xshift": 4 * direction,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": COLOURS[kind], "size": 13},
    }


def waterline_shares(comparison):
    """Return a figure of the tangible and intangible parts of each strand's achievements and barriers.

    Raises ValueError, as ``Comparison.share`` does, when a strand does not come from interviews.
    """
    rows = [(strand, kind) for strand in comparison.strands for kind in Kind]
    figure = go.Figure()
    for side, look in SIDES.items():
        shares = [comparison.share(strand, kind, side) for strand, kind in rows]
        figure.add_bar(
            **_part(side.label, look),
            y=[f"{strand.name}: {kind.short_heading.lower()}" for strand, kind in rows],
            x=[part / of if of else 0 for part, of in shares],
            text=[f"{side.label} {part} of {of}" if part else "" for part, of in shares],
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    figure.update_xaxes(range=[0, 1.01])  # with room for the last bar's outline
    return _stacked(figure, rows=len(rows))


def rounds(result):
    """Return what became of each condition's findings between two rounds, as ``[(kind, figure)]``.

    ``result`` is an ``analysis.rounds.Rounds``; a kind without a finding in either round is left out.
    """
    return [(kind, _moves(result, kind)) for kind in Kind if any(result.count(kind, move) for move in Move)]


def _moves(result, kind):
    parts = [
        (move.label, look, [result.count(kind, move, condition) for condition in Condition])
        for move, look in MOVES.items()
    ]
    return _counted(_condition_labels(), parts)


def progress(rows, labels):
    """Return how far the recommendations are, by condition.

    ``rows`` are ``(condition, {status: number})`` as ``analysis.progress.by_condition`` returns them,
    ``labels`` the statuses' words by code.
    """
    parts = [
        (str(labels[status]), look, [counts[status] for _, counts in rows])
        for status, look in STATUSES.items()
    ]
    return _counted([_two_lines(condition.label) for condition, _ in rows], parts)


def _counted(names, parts):
    """Return stacked bars; ``parts`` are ``(name, look, one number a bar)``, those of noughts left out."""
    figure = go.Figure()
    for name, look, values in parts:
        if any(values):
            figure.add_bar(
                **_part(name, look),
                y=names,
                x=values,
                text=[str(value) if value else "" for value in values],
                hovertemplate="%{y}: %{x} " + name.lower() + "<extra></extra>",
            )
    return _stacked(figure, rows=len(names))


def _part(name, look):
    """Return what all bars of one name in a stack share."""
    return {
        "name": name,
        "orientation": "h",
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"color": look.text, "weight": 600},
        "marker": look.marker,
    }


def _stacked(figure, *, rows):
    figure.update_layout(_layout(height=110 + 46 * rows), barmode="stack", bargap=0.3)
    figure.update_layout(uniformtext={"minsize": 12, "mode": "hide"})  # in a narrow bar, the table says it
    figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "traceorder": "normal",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(_labels())
    return plain(figure)


def timeline(timeline, items):
    """Return a row for each of ``items``: its name, a point on the day it is due, in words how it stands.

    ``timeline`` is an ``analysis.timeline.Timeline`` that holds the items. Where a date has moved the first
    one is an outlined point, joined to the other by a dotted line.
    """
    days = _room(timeline)
    figure = go.Figure()
    # Without a mark: it sets the order of the rows.
    figure.add_scatter(**_points("Rows", items, [item.due for item in items]), mode="none", hoverinfo="skip")
    # All at once: added one by one, plotly looks at all of them again each time.
    look = {"font": {"size": 13, "weight": 600}, "showarrow": False, "xanchor": "left", "yshift": 22}
    names = [{"text": _name(item), "x": days[0].isoformat(), "y": _row(item), **look} for item in items]
    figure.update_layout(annotations=names)
    moved = [item for item in items if item.has_moved]
    for item in moved:
        figure.add_scatter(
            **_points("Moved", [item, item], [item.first_due, item.due]),
            mode="lines",
            line={"color": FIRST_DUE.colour, "width": 2, "dash": "dot"},
            hoverinfo="skip",
        )
    figure.add_scatter(
        **_points("First due", moved, [item.first_due for item in moved]),
        mode="markers",
        marker=FIRST_DUE.marker,
        hovertemplate="%{customdata}: first due %{x|%-d %B %Y}<extra></extra>",
    )
    for standing, mark in MARKS.items():
        some = [item for item in items if item.standing is standing]
        figure.add_scatter(
            **_points(standing.value, some, [item.due for item in some]),
            mode="markers+text",
            marker=mark.marker,
            text=[_standing_words(item) for item in some],
            textposition=[f"bottom {('right', 'center', 'left')[_third(item.due, *days)]}" for item in some],
            textfont={"size": 13},
            cliponaxis=False,
            hovertemplate="%{customdata}: %{text}, %{x|%-d %B %Y}<extra></extra>",
        )
    if timeline.ends:
        verb = "ended" if timeline.has_ended else "ends"
        _upright(figure, timeline.ends, f"Programme {verb} {_day(timeline.ends)}", days, width=3)
    if timeline.shows_today:
        _upright(figure, timeline.today, f"Today, {_day(timeline.today)}", days, width=1.5, lift=20)
    figure.update_layout(_layout(height=100 + 68 * len(items)), showlegend=False)
    figure.update_layout(margin={"t": 52, "b": 36})
    figure.update_xaxes(type="date", range=_iso(days), tickformat="%b %Y", fixedrange=True)
    figure.update_yaxes({**_labels(), "type": "category", "showticklabels": False, "showgrid": True})
    figure.update_layout({axis: {"gridcolor": RULE} for axis in ("xaxis", "yaxis")})
    return plain(figure)


def _room(timeline):
    """Return the first and the last day that are drawn, with some room on both sides."""
    room = max(10, (timeline.end - timeline.start).days // 20)
    first, last = timeline.start.toordinal() - room, timeline.end.toordinal() + room
    earliest, latest = date.min.toordinal(), date.max.toordinal()
    return date.fromordinal(max(first, earliest)), date.fromordinal(min(last, latest))


def _points(name, items, days):
    rows, keys = [_row(item) for item in items], [item.key for item in items]
    return {"name": name, "x": _iso(days), "y": rows, "customdata": keys}


def _iso(days):
    return [day.isoformat() for day in days]


def _row(item):
    """Return a short name for an item's row: one that charts.js does not break into lines."""
    return item.ref if item.action is None else f"{item.ref}.{item.action}"


def _third(day, first, last):
    """Return in which third of the time a day lies (0, 1, 2), so that words beside it stay on the chart."""
    return min(2, int(3 * ((day - first) / (last - first))))


def _name(item):
    name = f"{item.key} {item.words}"
    cut = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME].rstrip()}…"
    return cut.replace("<", "&lt;")  # plotly reads tags


def _standing_words(item):
    if item.standing is Standing.OPEN:
        return f"Due {_day(item.due)}"
    if item.standing is not Standing.LATE:
        return item.status_label
    late = f"ate by {item.days_late} day{'s' if item.days_late > 1 else ''}"
    return f"On hold, l{late}" if item.status == "on_hold" else f"L{late}"


def _upright(figure, day, words, days, *, width, lift=0):
    """Add a line for a day, with its words above it."""
    at = {"x0": day.isoformat(), "x1": day.isoformat(), "y0": 0, "y1": 1, "yref": "paper"}
    figure.add_shape(type="line", layer="below", line={"color": INK, "width": width}, **at)
    side = ("left", "center", "right")[_third(day, *days)]
    place = {"x": day.isoformat(), "xanchor": side, "y": 1, "yref": "paper", "yanchor": "bottom"}
    figure.add_annotation(text=words, font={"size": 13}, showarrow=False, yshift=lift, **place)


def _day(day):
    return f"{day.day} {day:%B %Y}"


def _condition_labels():
    return [_two_lines(condition.label) for condition in Condition]


def _two_lines(label):
    return label.replace(" & ", "<br>& ")


def _labels():
    """Return how the names of bars stand beside them, the first bar on top."""
    return {
        "autorange": "reversed",
        "fixedrange": True,
        "ticks": "",
        "automargin": True,
        "ticklabelstandoff": 8,
        "showgrid": False,
    }


def plain(figure):
    """Return a figure as dicts and lists that JSON holds as they are."""
    return figure.to_plotly_json()


def _layout(height):
    return {
        "template": "none",
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 15, "color": INK},
        "hoverlabel": {"font": {"family": FONT, "size": 15}},
        "dragmode": False,
    }
