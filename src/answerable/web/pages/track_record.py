"""Track record: what pictures and judgements said beforehand, beside the base rate; ward level or coarser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.place import stamp
from answerable.present.words import frequency
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.catalogue import say
from answerable.web.charts import reliability
from answerable.web.pages.blocks import chance
from answerable.web.pages.questions import used_from
from answerable.web.pages.sections import Section, case_link, page, section, table
from answerable.web.render import Page

PATH = "track-record.html"
# Of these models a reliability picture is drawn: the published mixture, and what pictures come from.
_DRAWN = ("mixture", "long_run")
_SCORES = {
    "log_score": say("told.track_record.log_score_higher_is"),
    "gain_bits_per_event": say("told.track_record.gain_over_the_baseline"),
    "brier": say("told.track_record.brier_score_lower_is"),
    "calibration_slope": say("told.track_record.calibration_slope_is_right"),
    "observed_over_predicted": say("told.track_record.observed_over_predicted"),
}


def track_record(view: PublicView, scores: Mapping[str, Any] | None = None) -> Page:
    """Return what was forecast and judged; ``scores`` is the report of a backtest that lies beside the log, if any."""
    sections = [_pictures(view), _judgements(view)]
    pictures: dict[str, str] = {}
    if scores and isinstance(scores.get("models"), Mapping):
        models, baseline = scores["models"], str(scores.get("baseline", ""))
        sections.append(_scored(models, baseline, scores.get("data")))
        for name in _DRAWN:
            if models.get(name, {}).get("reliability"):
                key = say("told.track_record.reliability", pictures=len(pictures))
                pictures[key], shown = _bands(key, name, models[name]["reliability"])
                sections.append(shown)
    else:
        sections.append(section(say("track.scores"), paragraphs=[say("track.scores_none")]))
    return page(PATH, "track", sections, pictures=pictures)


def _pictures(view: PublicView) -> Section:
    rows = []
    for event in reversed(view.pictures):
        data = event.data
        chances = sorted(float(area["p"]) for area in data["areas"])
        expected = sum(float(area["expected"]) for area in data["areas"])
        model = str(data.get("model", "")).replace("_", " ")
        said = (frequency(float(data["p_base"])), frequency(chances[-1]), f"{expected:.2g}")
        rows.append(({"at": data["window"]["from"]}, {"at": data["window"]["to"]}, model, *said, say("track.open")))
    head = (
        say("told.track_record.from"),
        say("told.track_record.to"),
        say("told.track_record.model"),
        say("told.track_record.base_rate_of_a"),
        say("told.track_record.highest_ward"),
        say("told.track_record.incidents_expected_in_all"),
        say("told.track_record.seen"),
    )
    found = table(say("track.pictures"), head, rows)
    return section(say("track.pictures"), paragraphs=[] if rows else [say("track.pictures_none")], table=found)


def _judgements(view: PublicView) -> Section:
    judged = [case for case in reversed(view.having("assess", "urgent")) if _judgement(case)]
    rows = (_judged(case, view) for case in judged)
    head = (
        say("told.track_record.case"),
        say("told.track_record.given"),
        say("told.track_record.the_analyst_s_judgement"),
        say("told.track_record.the_computed_picture"),
        say("told.track_record.base_rate"),
        say("told.track_record.what_came_of_it"),
    )
    found = table(say("track.judgements"), head, rows, of=len(judged))
    return section(say("track.judgements"), paragraphs=[] if judged else [say("track.judgements_none")], table=found)


def _judgement(case: PublicCase) -> Mapping[str, Any]:
    event = case.last("assess", "urgent")
    found = event.data.get("judgement") if event else None
    return found if isinstance(found, Mapping) else {}


def _judged(case: PublicCase, view: PublicView) -> tuple[Any, ...]:
    event, judged = case.last("assess", "urgent"), _judgement(case)
    assert event is not None
    picture = event.data.get("picture")
    picture = picture if isinstance(picture, Mapping) else {}
    seen = say("track.treated") if used_from(case, view) else say("track.open")
    said = [chance(judged.get("probability")), chance(picture.get("probability")), chance(picture.get("base_rate"))]
    return case_link(case), {"at": stamp(event.at)}, *(one or say("told.track_record.not_stated") for one in said), seen


def _scored(models: Mapping[str, Any], baseline: str, data: Any) -> Section:
    rows = []
    for name, model in sorted(models.items(), key=lambda one: one[0] != baseline):
        words = name.replace("_", " ")
        figures = [_figure(model.get(key)) for key in _SCORES]
        rows.append((say("told.track_record.the_baseline", name=words) if name == baseline else words, *figures))
    found = table(say("track.scores"), (say("told.track_record.model"), *_SCORES.values()), rows, figures=len(_SCORES))
    return section(say("track.scores"), paragraphs=_tested_on(data), table=found, note=say("track.scores_note"))


def _tested_on(data: Any) -> list[str]:
    """Return the sentence that says on what the models were tested, if the report does."""
    if not isinstance(data, Mapping) or not {"from", "to", "hours", "incidents", "windows"} <= data.keys():
        return []
    days = {name: str(data[name])[:10] for name in ("from", "to")}
    counts = {name: f"{data[name]:,}" for name in ("incidents", "windows")}
    return [say("track.tested_on", hours=f"{data['hours']:g}", **days, **counts)]


def _bands(key: str, name: str, bands: list[Mapping[str, Any]]) -> tuple[str, Section]:
    title = say("track.reliability", model=name.replace("_", " "))
    # Each band holds as many expected incidents as the next; what differs is how many places and windows share them.
    drawn = [
        tuple(float(band[part]) * 1000 / float(band["cells"]) for part in ("expected", "observed", "low", "high"))
        for band in bands
    ]
    told = "; ".join(say("told.track_record.forecast_observed", band=band[0], band2=band[1]) for band in drawn)
    rows = [(f"{a:.3g}", f"{b:.3g}", f"{low:.3g} to {high:.3g}") for a, b, low, high in drawn]
    found = table(
        title,
        (
            say("told.track_record.incidents_forecast"),
            say("told.track_record.observed"),
            say("told.track_record.interval_of_what_was"),
        ),
        rows,
        figures=3,
    )
    svg = reliability(key, title, told, [(a, b, low, high) for a, b, low, high in drawn])
    return svg, section(title, picture=key, table=found)


def _figure(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else say("told.track_record.not_given")
