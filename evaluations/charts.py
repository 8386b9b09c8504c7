"""A result as a plotly figure, in plain lists. One script (``static/js/charts.js``) draws them all.

Nothing is told apart by colour alone: neighbours differ in lightness or pattern as well, and every part has
its number or its name beside it.
"""

from dataclasses import dataclass

import plotly.graph_objects as go

from evaluations.analysis.rounds import Move
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
