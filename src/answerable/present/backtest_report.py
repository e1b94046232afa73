"""The report of a backtest as one HTML page: tables, reliability and hit-rate plots, no script, nothing from afar."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_WIDTH, _HEIGHT, _PAD = 460, 340, 48
_COLOURS = (
    "#1d70b8",
    "#d4351c",
    "#00703c",
    "#f47738",
    "#4c2c92",
    "#28a197",
    "#85994b",
    "#b58840",
    "#505a5f",
    "#0b0c0c",
)
_DASHES = ("", "6 3", "2 3")
_STYLE = """
body{font:16px/1.5 system-ui,Segoe UI,Roboto,Arial,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;
color:#0b0c0c;background:#fff}table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .6rem;border-bottom:1px solid #b1b4b6;text-align:right}
th:first-child,td:first-child{text-align:left}
caption{text-align:left;font-weight:700}svg{max-width:100%;height:auto}figure{margin:1rem 0;display:inline-block}
.scroll{overflow-x:auto}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}svg{background:#fff}}
"""


def report_html(report: Mapping[str, Any]) -> str:
    """Return the page for a report as :func:`answerable.forecast.verdict.verdict` makes it."""
    data, grid = report["data"], report["grid"]
    models = report["models"]
    head = (
        f"<p>{data['incidents']:,} incidents in {data['windows']:,} windows of {data['hours']:g} hours from "
        f"{data['from']} to {data['to']}; {grid['cells']:,} cells of {grid['cell_m']} m "
        f"({grid['km2']:,.0f} km<sup>2</sup>). "
        f"Every forecast was made from what was known when its window opened. "
        f"All {data['cell_windows']:,} cell-windows are "
        "scored, empty ones too.</p>"
    )
    return "\n".join([
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>Backtest</title><style>{_STYLE}</style><body><main><h1>Backtest</h1>", head, _promise(report),
        _scores(models), _hits(models), _false_alarms(models),
        "<h2>Are the probabilities right?</h2><p>Each point is a tenth of what was expected. On the line, as many "
        "incidents happened as were forecast; bars are 95 % intervals.</p>",
        *[_reliability(name, model) for name, model in models.items() if name != report["baseline"]],
        "<h2>How much would have been found?</h2>", _curves(models), _about(data), "</main></body></html>\n",
    ])  # fmt: skip


def _promise(report: Mapping[str, Any]) -> str:
    mixture = report.get("mixture")
    if not mixture:
        return ""
    weights = ", ".join(f"{escape(n)} {100 * w:.0f} %" for n, w in mixture["weights_at_the_end"].items() if w >= 0.005)
    return (
        f"<p>The mixture's joint log loss was {mixture['worse_than_best_nats']:.2f} nats worse than the best of "
        f"{len(mixture['experts'])} experts ({escape(mixture['best_expert'])}), over the whole test; its bound is "
        f"{mixture['bound_nats']:.2f} nats ({escape(mixture['bound_needs'])}). Weights at the end: {weights}.</p>"
    )


def _scores(models: Mapping[str, Any]) -> str:
    rows = []
    for name, m in models.items():
        low, high = m["gain_interval"] or (None, None)
        rows.append([
            escape(name), f"{_number(m['gain_bits_per_event'])} [{_number(low)}, {_number(high)}]",
            _number(m["calibration_slope"], 2), _number(m["observed_over_predicted"], 2), f"{m['brier']:.3g}",
            _number(m["crps_window_total"]), f"{100 * m['coverage']['0.9']:.0f} %",
            f"{m['fit_seconds']:.1f}", f"{m['predict_seconds']:.1f}",
        ])  # fmt: skip
    return _table(
        "Scores: gain over the uniform forecast in bits per incident, with its 95 % interval; slope and observed over "
        "predicted, 1 is right",
        ["model", "gain", "slope", "observed / predicted", "Brier", "CRPS of the window's total", "90 % interval held",
         "learning, s", "predicting, s"],
        rows,
    )  # fmt: skip


def _hits(models: Mapping[str, Any]) -> str:
    areas = list(next(iter(models.values()))["hit_rate"])
    rows = [
        [escape(name), *(f"{100 * m['hit_rate'][a]:.1f} % ({m['pai'][a]:.1f}; {m['pei'][a]:.2f})" for a in areas)]
        for name, m in models.items()
    ]
    return _table("Share of incidents in the likeliest area (PAI; PEI)", ["model", *(f"{a} %" for a in areas)], rows)


def _false_alarms(models: Mapping[str, Any]) -> str:
    areas = list(next(iter(models.values()))["hit_rate"])
    rows = [[escape(n), *(_number(m["false_alarms_per_event"][a], 0) for a in areas)] for n, m in models.items()]
    return _table(
        "False alarms: cells flagged in vain for each incident that a flagged cell held",
        ["model", *(f"{a} %" for a in areas)], rows,
    )  # fmt: skip


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heads = "".join(f"<th scope=col>{h}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class=scroll><table><caption>{caption}</caption><tr>{heads}</tr>{body}</table></div>"


def _reliability(name: str, model: Mapping[str, Any]) -> str:
    bands = model["reliability"]
    top = max([max(b["expected"], b["high"]) for b in bands] + [1.0])
    marks = [_line([(0, 0), (1, 1)], "#505a5f", "4 4")]
    for band in bands:
        x = band["expected"] / top
        marks.append(_line([(x, band["low"] / top), (x, band["high"] / top)], _COLOURS[0]))
        marks.append(f'<circle cx="{_x(x):.1f}" cy="{_y(band["observed"] / top):.1f}" r="4" fill="{_COLOURS[0]}"/>')
    told = "; ".join(f"{b['expected']:.1f} expected, {b['observed']:.0f} observed" for b in bands)
    return _figure(
        f"{name}: observed against expected incidents", ("expected", "observed", f"0 to {top:.0f}"), marks, told
    )


def _curves(models: Mapping[str, Any]) -> str:
    marks = [_line([(0, 0), (1, 1)], "#505a5f", "4 4")]
    for i, (name, model) in enumerate(models.items()):
        curve = model["hit_curve"]
        colour, dash = _COLOURS[i % len(_COLOURS)], _DASHES[i // len(_COLOURS) % len(_DASHES)]
        marks.append(_line([(a / 100, h) for a, h in zip(curve["area"], curve["hit_rate"], strict=True)], colour, dash))
        marks.append(
            f'<text x="{_WIDTH - 150}" y="{_HEIGHT - _PAD - 12 - 15 * i}" font-size="12" fill="{colour}">'
            f"{escape(name)}</text>"
        )
    told = "; ".join(f"{n}: {100 * m['hit_rate']['5']:.0f} % in 5 % of the area" for n, m in models.items())
    words = "share of incidents in the likeliest area"
    return _figure(f"Hit rate: {words}", ("share of area", "share of incidents", "0 to 100 %"), marks, told)


def _figure(title: str, axes: tuple[str, str, str], marks: Sequence[str], told: str) -> str:
    across, up, scale = axes
    frame = f'<rect x="{_PAD}" y="{_PAD // 2}" width="{_WIDTH - 1.5 * _PAD}" height="{_HEIGHT - 1.5 * _PAD}"'
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img"><title>{escape(title)}</title>'
        f"<desc>{escape(told)}</desc>{frame} fill='none' stroke='#b1b4b6'/>{''.join(marks)}"
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 10}" font-size="12" text-anchor="middle">{escape(across)}, '
        f"{escape(scale)}</text>"
        f'<text transform="translate(16 {_HEIGHT / 2}) rotate(-90)" font-size="12" text-anchor="middle">'
        f"{escape(up)}</text>"
        f"</svg><figcaption>{escape(title)}</figcaption></figure>"
    )


def _line(points: Sequence[tuple[float, float]], colour: str, dash: str = "") -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>'


def _x(share: float) -> float:
    return _PAD + share * (_WIDTH - 1.5 * _PAD)


def _y(share: float) -> float:
    return _HEIGHT - _PAD - share * (_HEIGHT - 1.5 * _PAD)


def _about(data: Mapping[str, Any]) -> str:
    assumed = "assumed from the source's usual delay" if data.get("known_at_assumed") else "given in the data"
    return (
        f"<h2>About the data</h2><p>Study area: {escape(str(data.get('study_area', '')))}. When each incident became "
        f"known: {assumed}. Incidents outside the area: {data.get('outside_the_area', 0):,}. Data hash: "
        f"<code>{escape(data['data_hash'])}</code>.</p>"
    )


def _number(value: float | None, digits: int = 3) -> str:
    return "none" if value is None or not math.isfinite(value) else f"{value:,.{digits}f}"
