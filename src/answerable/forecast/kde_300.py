"""The long-run map with a kernel of 300 metres, whatever the data: the fixed baseline that published figures name."""

from __future__ import annotations

from functools import partial

from answerable.forecast.long_run import LongRun

MODEL = partial(
    LongRun, bandwidth_m=300.0, name="kde_300", about="The long-run map with a fixed kernel of 300 m: a yardstick."
)
