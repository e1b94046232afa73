"""The report of a backtest as one HTML page: tables, reliability and hit-rate plots, no script, nothing from afar."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from answerable.forecast.frequency import frequency
from answerable.place import local, read_stamp

_WIDTH, _HEIGHT, _PAD = 480, 320, 60
# Hit rates are drawn up to this percentage of the area: no deployment covers more.
_WIDEST = 20
# Observed over expected is drawn up to here.
_HIGHEST = 2.0
_PUBLISHED = "mixture"
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
    "#7f8a90",
)
_DASHES = ("", "6 3", "2 3")
_STYLE = """
:root{--ink:#0b0c0c;--paper:#fff;--rule:#b1b4b6;--mark:#1d70b8;--soft:#f3f2f1}
@media(prefers-color-scheme:dark){:root{--ink:#eee;--paper:#111;--rule:#555;--mark:#6fb1ee;--soft:#1e1e1e}}
body{font:16px/1.5 system-ui,Segoe UI,Roboto,Arial,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;
color:var(--ink);background:var(--paper)}p{max-width:44rem}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--rule);text-align:right;vertical-align:bottom}
th:first-child,td:first-child{text-align:left}td{white-space:nowrap}
tr.published td{background:var(--soft);font-weight:700}
caption{text-align:left;font-weight:700;max-width:44rem}svg{max-width:100%;height:auto;color:var(--ink)}
figure{margin:1rem 0;max-width:32rem}figure svg{width:100%}figcaption{font-weight:700}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:0 1.5rem}
.pictures figure{margin:0}
.scroll{overflow-x:auto}code{overflow-wrap:anywhere}
"""


def report_html(report: Mapping[str, Any]) -> str:
    """Return the page for a report as :func:`answerable.forecast.verdict.verdict` makes it."""
    models = report["models"]
    # What is published comes first, then the others, best first.
    order = sorted(models, key=lambda name: (name != _PUBLISHED, -(models[name]["gain_bits_per_event"] or 0.0)))
    ranked = {name: models[name] for name in order}
    shown = {name: model for name, model in ranked.items() if name != report["baseline"]}
    base = report["data"]["p_base"]
    return "\n".join([
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>Backtest</title><style>{_STYLE}</style><body><main><h1>Backtest</h1>", _head(report),
        _finding(report), _promise(report), _scores(ranked), _gains(ranked),
        "<h2>Are the probabilities right?</h2><p>Each point is the cells and windows that hold a tenth of the "
        "incidents expected, from the quietest to the likeliest. Across: the chance they were given. Up: incidents "
        "that happened there, over those expected, with 95 % intervals. On the line at 1 the forecast was right.</p>",
        '<div class="pictures">', *[_reliability(name, model) for name, model in shown.items()], "</div>",
        _totals(shown),
        "<h2>How much would have been found?</h2>",
        "<p>How often places flagged as likeliest did hold an incident, and how often they did not. Being there is not "
        "preventing it.</p>",
        _hits(ranked), _curves(ranked), _false_alarms(ranked), _worth(shown, base), _diagnosis(report), _about(report),
        "</main></body></html>\n",
    ])  # fmt: skip


def _head(report: Mapping[str, Any]) -> str:
    data, grid = report["data"], report["grid"]
    first, last = (_day(data[end], data.get("time_zone") or "UTC") for end in ("from", "to"))
    return (
        f"<p>{data['incidents']:,} incidents in {data['windows']:,} windows of {data['hours']:g} hours from "
        f"{first} to {last}; {grid['cells']:,} cells of {grid['cell_m']} m "
        f"({grid['km2']:,.0f} km<sup>2</sup>). "
        "Every forecast was made from what was known when its window opened. "
        f"All {data['cell_windows']:,} cells and windows are scored, empty ones too. The base rate, the chance of at "
        f"least one incident in a cell and window chosen at random, was {frequency(data['p_base'])}.</p>"
    )


def _day(text: str, tz: str) -> str:
    """Return an instant as a day in words; with its hour where no day begins then."""
    at = local(read_stamp(text), tz)
    hour = f", {at:%H:%M} {at.tzname()}" if (at.hour, at.minute) != (0, 0) else ""
    return f"{at.day} {at:%B %Y}{hour}"


def _finding(report: Mapping[str, Any]) -> str:
    """Say what came out, in words: how much the published forecast gained, and over what."""
    model = report["models"].get(_PUBLISHED)
    if not model or model["gain_bits_per_event"] is None:
        return ""
    bits, (low, high) = model["gain_bits_per_event"], model["gain_interval"]
    told = (
        f"<p><strong>The published forecast (<code>{_PUBLISHED}</code>) gained {_number(bits, 2)} bits an incident "
        f"over the even forecast</strong> [{_number(low, 2)}, {_number(high, 2)}]: where incidents fell, it had given "
        f"{2**bits:,.1f} times the base rate on geometric average."
    )
    for name, over in model["gain_over"].items():
        if name in {"kde_300", "long_run"} and over:
            verdict = "better than" if over["low"] > 0 else "worse than" if over["high"] < 0 else "not to be told from"
            told += (
                f" It was {verdict} <code>{name}</code> ({over['bits']:+.3f} bits [{over['low']:+.3f}, "
                f"{over['high']:+.3f}])."
            )
    ratio = model["observed_over_predicted"]
    told += f" Of 100 incidents that it expected, {100 * ratio:.0f} came."
    return told + "</p>"


def _promise(report: Mapping[str, Any]) -> str:
    mixture = report.get("mixture")
    if not mixture:
        return ""
    weights = ", ".join(f"{escape(n)} {100 * w:.0f} %" for n, w in mixture["weights_at_the_end"].items() if w >= 0.005)
    behind = mixture["worse_than_best_nats"]
    than = "worse than" if behind > 0 else "better than"
    return (
        f"<p>Over the whole test the mixture's joint log loss was {abs(behind):.2f} nats {than} that of the best of "
        f"its {len(mixture['experts'])} experts, <code>{escape(mixture['best_expert'])}</code>, which nobody could "
        f"have named beforehand. It can never be more than {mixture['bound_nats']:.2f} nats worse "
        f"({escape(mixture['bound_needs'])}). Weights at the end: {weights}.</p>"
    )


def _scores(models: Mapping[str, Any]) -> str:
    rows = {}
    for name, m in models.items():
        low, high = m["observed_over_predicted_interval"] or (None, None)
        rows[name] = [
            _number(m["calibration_slope"], 2),
            f"{_number(m['observed_over_predicted'], 2)} [{_number(low, 2)}, {_number(high, 2)}]", f"{m['brier']:.4g}",
            _number(m["crps_window_total"]), *(f"{100 * m['coverage'][level]:.0f} %" for level in ("0.5", "0.9")),
            f"{m['fit_seconds']:.1f}", f"{m['predict_seconds']:.1f}",
        ]  # fmt: skip
    return _table(
        "Scores. Slope and observed over predicted: 1 is right; a slope below 1 is over-confident. Brier and CRPS: "
        "lower is better",
        ["model", "slope", "observed / predicted", "Brier", "CRPS of the window's total", "50 % interval held",
         "90 % interval held", "learning, s", "predicting, s"],
        rows,
    )  # fmt: skip


def _gains(models: Mapping[str, Any]) -> str:
    over = list(next(iter(models.values()))["gain_over"])
    rows = {
        name: [_gain(m["gain_over"].get(baseline)) if name != baseline else "" for baseline in over]
        for name, m in models.items()
    }
    return _table(
        "Information gain in bits per incident over each baseline, with 95 % intervals from drawing days again",
        ["model", *(f"over {escape(name)}" for name in over)], rows,
    )  # fmt: skip


def _gain(told: Mapping[str, float] | None) -> str:
    return f"{told['bits']:+.3f} [{told['low']:+.3f}, {told['high']:+.3f}]" if told else "none"


def _hits(models: Mapping[str, Any]) -> str:
    areas = list(next(iter(models.values()))["hit_rate"])
    rows = {
        name: [f"{100 * m['hit_rate'][a]:.1f} % ({m['pai'][a]:.1f}; {m['pei'][a]:.2f})" for a in areas]
        for name, m in models.items()
    }
    return _table(
        "Share of incidents in the likeliest part of the area (PAI: over its share of the area; PEI: over the share "
        "that hindsight would have found there, which no forecast can reach)",
        ["model", *(f"{a} %" for a in areas)], rows,
    )  # fmt: skip


def _false_alarms(models: Mapping[str, Any]) -> str:
    areas = list(next(iter(models.values()))["hit_rate"])
    rows = {name: [_number(m["false_alarms_per_event"][a], 0) for a in areas] for name, m in models.items()}
    return _table(
        "False alarms: cells and windows flagged in vain for each incident in one that was flagged",
        ["model", *(f"{a} %" for a in areas)], rows,
    )  # fmt: skip


def _worth(models: Mapping[str, Any], base: float) -> str:
    lifts = [one["lift"] for one in next(iter(models.values()))["decision_curve"]] if models else []
    if not lifts:
        return ""
    rows = {name: [f"{100 * one['of_best']:.1f} %" for one in m["decision_curve"]] for name, m in models.items()}
    heads = [f"{lift:g} times the base rate ({frequency(lift * base)})" for lift in lifts]
    return _table(
        "What acting from a chance on is worth (net benefit, as a share of what knowing the truth would be worth). "
        "Who acts from 1 in N on says that N - 1 times in vain are as bad as once in time is good. Below 0: worse than "
        "never",
        ["model", *heads], rows,
    )  # fmt: skip


def _totals(models: Mapping[str, Any]) -> str:
    rows = {name: [f"{100 * share:.0f} %" for share in m["pit"]] for name, m in models.items()}
    return _table(
        "Where the window's total fell in its forecast distribution, by tenths (randomised PIT): 10 % each is right; "
        "more at both ends, too narrow; more in the middle, too wide",
        ["model", *(f"{i + 1}" for i in range(10))], rows,
    )  # fmt: skip


def _diagnosis(report: Mapping[str, Any]) -> str:
    told = report.get("diagnosis")
    if not told:
        return ""
    return "<h2>What the data are like</h2><p>Known when the test began.</p><ul>" + "".join(
        f"<li>{escape(sentence)}</li>" for sentence in told["sentences"]
    ) + "</ul>"  # fmt: skip


def _table(caption: str, head: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    heads = "".join(f"<th scope=col>{h}</th>" for h in head)
    body = "".join(
        f"<tr{' class=published' if name == _PUBLISHED else ''}><td><code>{escape(name)}</code></td>"
        + "".join(f"<td>{cell}</td>" for cell in row)
        + "</tr>"
        for name, row in rows.items()
    )
    # A region that scrolls can be reached by key.
    label = escape(caption.partition(".")[0].partition("(")[0].strip(), quote=True)
    return (
        f'<div class=scroll tabindex=0 role=region aria-label="{label}"><table><caption>{caption}.</caption>'
        f"<tr>{heads}</tr>{body}</table></div>"
    )


def _reliability(name: str, model: Mapping[str, Any]) -> str:
    bands = [band for band in model["reliability"] if band["expected"] > 0]
    chances = [math.log10(band["expected"] / band["cells"]) for band in bands]
    low, high = math.floor(min(chances)), max(math.ceil(max(chances)), math.floor(min(chances)) + 1)
    marks = [_line([(0, 1 / _HIGHEST), (1, 1 / _HIGHEST)], "currentColor", "4 4")]
    marks += [_word(_x((n - low) / (high - low)), _HEIGHT - _PAD + 16, _chance(n)) for n in range(low, high + 1)]
    marks += [_word(_PAD - 6, _y(n / _HIGHEST) + 4, f"{n:g}", "end") for n in (0, 0.5, 1, 1.5, 2)]
    for chance, band in zip(chances, bands, strict=True):
        x = (chance - low) / (high - low)
        least, seen, most = (
            min(band[part] / band["expected"], _HIGHEST) / _HIGHEST for part in ("low", "observed", "high")
        )
        marks.append(_line([(x, least), (x, most)], "var(--mark)"))
        marks.append(f'<circle cx="{_x(x):.1f}" cy="{_y(seen):.1f}" r="4" fill="var(--mark)"/>')
    told = "; ".join(f"{b['expected']:.1f} expected, {b['observed']:.0f} observed" for b in bands)
    return _figure(name, ("chance forecast for a cell and window", "observed over forecast"), marks, told)


def _chance(power: int) -> str:
    """Say a power of ten as a chance: 1 in 1,000."""
    return f"1 in {10**-power:,}" if power < 0 else "1"


def _curves(models: Mapping[str, Any]) -> str:
    marks = [_line([(0, 0), (1, _WIDEST / 100)], "currentColor", "4 4")]
    for percent in (0, 5, 10, 15, 20):
        marks.append(_word(_x(percent / _WIDEST), _HEIGHT - _PAD + 16, f"{percent} %"))
        marks.append(_word(_PAD - 6, _y(percent / 20) + 4, f"{5 * percent} %", "end"))
    for i, (name, model) in enumerate(models.items()):
        curve = model["hit_curve"]
        colour, dash = _COLOURS[i % len(_COLOURS)], _DASHES[i // len(_COLOURS) % len(_DASHES)]
        points = [(a / _WIDEST, h) for a, h in zip(curve["area"], curve["hit_rate"], strict=True) if a <= _WIDEST]
        marks.append(_line(points, colour, dash))
        marks.append(_word(_WIDTH - 150, _HEIGHT - _PAD - 12 - 15 * (len(models) - 1 - i), name, "start", colour))
    told = "; ".join(f"{n}: {100 * m['hit_rate']['5']:.0f} % in 5 % of the area" for n, m in models.items())
    return _figure("Hit rate", ("likeliest share of the area", "share of incidents in it"), marks, told)


def _word(x: float, y: float, words: str, anchor: str = "middle", colour: str = "currentColor") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _figure(title: str, axes: tuple[str, str], marks: Sequence[str], told: str) -> str:
    across, up = axes
    frame = f'<rect x="{_PAD}" y="{_PAD // 2}" width="{_WIDTH - 1.5 * _PAD}" height="{_HEIGHT - 1.5 * _PAD}"'
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img"><title>{escape(title)}: '
        f"{escape(across)}, {escape(up)}</title><desc>{escape(told)}</desc>"
        f"{frame} fill='none' stroke='currentColor' stroke-opacity='.4'/>{''.join(marks)}"
        f"{_word(_PAD + (_WIDTH - 1.5 * _PAD) / 2, _HEIGHT - _PAD + 36, across)}"
        f"{_word(_PAD, _PAD // 2 - 8, up, 'start')}"
        "</svg></figure>"
    )


def _line(points: Sequence[tuple[float, float]], colour: str, dash: str = "") -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>'


def _x(share: float) -> float:
    return _PAD + share * (_WIDTH - 1.5 * _PAD)


def _y(share: float) -> float:
    return _HEIGHT - _PAD - share * (_HEIGHT - 1.5 * _PAD)


def _about(report: Mapping[str, Any]) -> str:
    data = report["data"]
    assumed = "assumed from the source's usual delay" if data.get("known_at_assumed") else "given in the data"
    wait = data["outcome_known_after_hours"]
    return (
        f"<h2>About the data and the test</h2><p>Learned from {escape(str(data.get('train_from', '')))} on. Study "
        f"area: {escape(str(data.get('study_area', '')))}; gains grow with the empty ground in it, so they compare "
        f"models, not cities. When each incident became known: {assumed}; what happened in a window was taken as known "
        f"{wait:g} hours after it. Incidents outside the area: {data.get('outside_the_area', 0):,}. Data hash: "
        f"<code>{escape(data['data_hash'])}</code>.</p>"
    )


def _number(value: float | None, digits: int = 3) -> str:
    return "none" if value is None or not math.isfinite(value) else f"{value:,.{digits}f}"
