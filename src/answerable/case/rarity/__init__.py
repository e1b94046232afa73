"""The rarity guard: limits on how often, counted in every window, a test that the rate has crept up, and patterns."""

from answerable.case.rarity.counted import Authorised
from answerable.case.rarity.guard import Measure, Rarity, rarity
from answerable.case.rarity.level import Level, Limit
from answerable.case.rarity.pattern import weekly_pattern
from answerable.case.rarity.trend import Trend, trend

__all__ = ["Authorised", "Level", "Limit", "Measure", "Rarity", "Trend", "rarity", "trend", "weekly_pattern"]
