"""Checks of what was known when: without it no backtest is honest, and the newest weeks are never full."""

from __future__ import annotations

import polars as pl

from answerable.incidents.quality.report import Check, graded, percent
from answerable.incidents.quality.thresholds import thresholds
from answerable.incidents.quality.view import View
from answerable.incidents.table import IDENTITY


def known_at_assumed(view: View) -> Check:
    """Count the incidents whose ``known_at`` is the source's usual delay, because the publisher gives no date."""
    title = "When incidents became known"
    if not view.incidents.manifest.known_at_assumed:
        says = "The files, or the person who imported them, say when each incident became known."
        return Check("known_at", title, 0, 0.0, 0.0, "ok", says)
    count = int(_assumed(view.frame).sum())
    share = count / len(view)
    says = (
        f"For {count:,} incidents ({percent(share)}) the time of knowledge is the source's usual delay, assumed: a "
        "backtest on them may know a little too early or too late."
    )
    return Check("known_at", title, count, share, 0.0, "look", says)


def fill_in(view: View) -> Check:
    """Measure how long incidents take to become known: until then the newest months are not full."""
    limit = thresholds()
    title = "Late knowledge"
    days = int(limit["late_days"])
    first = view.incidents.frame.group_by(IDENTITY).agg(pl.col("known_at").min(), pl.col("occurred_to").min())
    if view.incidents.manifest.known_at_assumed:
        first = first.filter(~_assumed(first))
    if first.is_empty():
        says = (
            "Cannot tell: the publisher does not say when incidents became known, so the newest weeks may not be full."
        )
        return Check("fill_in", title, None, None, None, "look", says)
    delay = first.select((pl.col("known_at") - pl.col("occurred_to")).dt.total_hours() / 24).to_series()
    late = int((delay > days).sum())
    share = late / len(delay)
    says = (
        f"Half of the incidents are known within {delay.quantile(0.5, 'nearest'):.0f} days and 95 % within "
        f"{delay.quantile(0.95, 'nearest'):.0f}; {percent(share)} take more than {days}."
    )
    level = graded(share, look=limit["late_look"], wrong=2.0)
    if level == "look":
        says += " The newest months are not full yet and must not be read as a fall."
    return Check("fill_in", title, late, share, None, level, says)


def _assumed(frame: pl.DataFrame) -> pl.Series:
    """Mark the rows whose delay is the commonest of their source: an assumed delay is the same for all."""
    delay = frame.select("source", delay=pl.col("known_at") - pl.col("occurred_to"))
    return delay.select(pl.col("delay") == pl.col("delay").mode().min().over("source")).to_series()
