"""A result as a plotly figure, in plain lists. One script (``static/js/charts.js``) draws them all."""

import plotly.graph_objects as go

from evaluations.conditions import Condition, Kind, Tangibility

COLOURS = {Kind.ACHIEVEMENT: "#0a6b55", Kind.BARRIER: "#9a4a0a"}
INK, RULE = "#12303a", "#d8e2e4"
SIDE_COLOURS = {Tangibility.TANGIBLE: "#d6eaf0", Tangibility.INTANGIBLE: "#0d4a5e"}
SIDE_TEXT = {Tangibility.TANGIBLE: INK, Tangibility.INTANGIBLE: "#ffffff"}
FONT = '"Atkinson Hyperlegible Next", system-ui, sans-serif'


def mirrored_bars(comparison):
    """Return one small figure a strand: achievements to the left, barriers to the right of each condition.

    All are on one scale. Bars of a strand that does not come from interviews are outlined. Returns a list of
    ``(strand figures, figure as a plain dict)``.
    """
    reach = max(comparison.largest, 1)
    return [(strand, _mirrored(strand, reach)) for strand in comparison.strands]


def _mirrored(strand, reach):
    labels = [condition.label.replace(" & ", "<br>& ") for condition in Condition]
    figure = go.Figure()
    for kind, direction in ((Kind.ACHIEVEMENT, -1), (Kind.BARRIER, 1)):
        values = [strand.counts[kind, condition] for condition in Condition]
        figure.add_bar(
            name=kind.short_heading,
            orientation="h",
            y=labels,
            x=[direction * value for value in values],
            text=[str(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=values,
            hovertemplate="%{y}: %{customdata} " + kind.short_heading.lower() + "<extra></extra>",
            marker={
                "color": COLOURS[kind] if strand.from_interviews else "#ffffff",
                "line": {"color": COLOURS[kind], "width": 2},
            },
        )
    figure.update_layout(_layout(height=330), barmode="relative", bargap=0.35, showlegend=False)
    figure.update_xaxes(range=[-reach * 1.25, reach * 1.25], visible=False, zeroline=True, fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, ticks="", automargin=True)
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    figure.add_hline(y=2.5, line={"color": "#0b6e8a", "width": 2})
    return plain(figure)


def waterline_shares(comparison):
    """Return a figure of the tangible and intangible parts of each strand's achievements and barriers.

    Raises ValueError, as ``Comparison.share`` does, when a strand does not come from interviews.
    """
    rows = [(strand, kind) for strand in comparison.strands for kind in Kind]
    labels = [f"{strand.name}: {kind.short_heading.lower()}" for strand, kind in rows]
    figure = go.Figure()
    for side in Tangibility:
        shares = [comparison.share(strand, kind, side) for strand, kind in rows]
        figure.add_bar(
            name=side.label,
            orientation="h",
            y=labels,
            x=[part / of if of else 0 for part, of in shares],
            text=[f"{side.label} {part} of {of}" if part else "" for part, of in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": SIDE_TEXT[side]},
            hovertemplate="%{y}: %{text}<extra></extra>",
            marker={
                "color": SIDE_COLOURS[side],
                "line": {"color": SIDE_COLOURS[Tangibility.INTANGIBLE], "width": 1},
            },
        )
    figure.update_layout(_layout(height=90 + 46 * len(rows)), barmode="stack", bargap=0.3, showlegend=False)
    figure.update_layout(uniformtext={"minsize": 12, "mode": "hide"})  # in a narrow bar, the table says it
    figure.update_xaxes(range=[0, 1], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, ticks="", automargin=True, ticklabelstandoff=8)
    return plain(figure)


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
