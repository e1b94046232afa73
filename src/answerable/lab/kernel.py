"""The event-driven engine's inner loop: one city, one policy, in order of time. Written for Numba, true without it.

Twice a day (every ``WINDOW_H`` hours) candidates are looked at, the pack's rules and the rarity limits decide, and then
the events up to the next decision are played: prevented, moved next door, or happening, and reported or not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from answerable.lab.fast import compiled
from answerable.lab.rules import judge

WINDOW_H = 12
YEAR_H, OVERLAP_H = 366 * 24.0, 28 * 24.0
# What became of an event.
HAPPENED, PREVENTED, NOT_SET_OFF, MOVED = 0, 1, 2, 3
# What a candidate is proposed by.
PLANNED, RESPONSE, TIP = 0, 1, 2
# Positions in the settings of the policy (float64).
(
    RESPONDS, THRESHOLD, MOST_A_WINDOW, LIMITED, FORCE_NOTICE, FORCE_ESCALATE, FORCE_MOST, AREA_NOTICE, AREA_ESCALATE,
    AREA_MOST, OVERLAP_ESCALATE, OVERLAP_MOST,
) = range(12)  # fmt: skip
# Positions in the settings of the city (float64).
(
    HOURS, EFFECT, FADE, DISPLACED, HIT, MORE, RECOVER, REPORT_SLOPE, SAME, GAIN, SCALE,
) = range(11)  # fmt: skip


@compiled
def level_of(value: float, notice: float, escalate: float, most: float) -> int:
    """Return the rarity level that a count reaches: 0 none, 1 notice, 2 escalate, 3 block (NaN: no such limit)."""
    if value > most:
        return 3
    if value >= escalate:
        return 2
    return 1 if value >= notice else 0


@compiled
def rarity_level(  # noqa: PLR0917
    dep_time: NDArray[np.float64],
    dep_place: NDArray[np.int64],
    count: int,
    place: int,
    now: float,
    policy: NDArray[np.float64],
) -> int:
    """Return the level that one more deployment to ``place`` at ``now`` reaches, after ``count`` earlier ones.

    Time only goes forward here, so that of all windows the guard looks at those that end now decide.
    """
    force, area, near = 1, 1, 1
    at = count - 1
    while at >= 0 and now - dep_time[at] < YEAR_H:
        force += 1
        if dep_place[at] == place:
            area += 1
            if now - dep_time[at] < OVERLAP_H:
                near += 1
        at -= 1
    level = level_of(force, policy[FORCE_NOTICE], policy[FORCE_ESCALATE], policy[FORCE_MOST])
    level = max(level, level_of(area, policy[AREA_NOTICE], policy[AREA_ESCALATE], policy[AREA_MOST]))
    return max(level, level_of(near, np.nan, policy[OVERLAP_ESCALATE], policy[OVERLAP_MOST]))


@compiled
def play(  # noqa: PLR0912, PLR0915, PLR0917 - one loop over one city, flat because Numba compiles it whole
    times: NDArray[np.float64],
    places: NDArray[np.int64],
    parents: NDArray[np.int64],
    sides: NDArray[np.int64],
    marks: NDArray[np.float64],
    neighbours: NDArray[np.int64],
    odds: NDArray[np.float64],
    people: NDArray[np.float64],
    estimate: NDArray[np.float64],
    busy: NDArray[np.float64],
    plan_starts: NDArray[np.int64],
    plan_places: NDArray[np.int64],
    tip_starts: NDArray[np.int64],
    tip_places: NDArray[np.int64],
    tip_ratios: NDArray[np.float64],
    alternative: NDArray[np.float64],
    ramp: NDArray[np.float64],
    city: NDArray[np.float64],
    policy: NDArray[np.float64],
    steps: NDArray[np.int64],
    values: NDArray[np.float64],
    starts: NDArray[np.int64],
    blocking: NDArray[np.bool_],
    template: NDArray[np.float64],
    slots: NDArray[np.int64],
    triggers: NDArray[np.float64],
    fate: NDArray[np.int64],
    final: NDArray[np.int64],
    reported: NDArray[np.bool_],
    dep_time: NDArray[np.float64],
    dep_place: NDArray[np.int64],
    dep_kind: NDArray[np.int64],
    dep_p: NDArray[np.float64],
    dep_hits: NDArray[np.int64],
    totals: NDArray[np.float64],
) -> int:
    """Play one stream under one policy; fills the arrays from ``fate`` on and returns the number of deployments.

    ``totals``: candidates looked at, refused by rules, refused by rarity, person-years of confidence lost.
    ``slots`` are where ``template`` takes the trigger, the age of the incident in hours, the rarity level and the
    probability of the case at hand (-1: no rule looks); ``triggers`` what the first is for each kind of candidate.
    """
    n = len(odds)
    until = np.full(n, -1e9)
    fade_until = np.full(n, -1e9)
    last_dep = np.full(n, -1)
    drop = np.zeros(n)
    drop_at = np.zeros(n)
    felt = np.zeros(n)
    excited = np.zeros(n)
    excited_at = np.zeros(n)
    facts = template.copy()
    seen = np.full(n, -1)
    log2 = math.log(2.0)
    count = 0
    at_event = 0
    first_recent = 0
    windows = len(busy)
    for k in range(-1, windows):
        now = float(k * 12)
        end = now + 12.0 if k >= 0 else 0.0
        if k >= 0:
            made = 0
            planned = plan_starts[k + 1] - plan_starts[k]
            tips = tip_starts[k + 1] - tip_starts[k]
            recent = at_event - first_recent if policy[RESPONDS] > 0 else 0
            for c in range(planned + recent + tips):
                ratio = 1.0
                age = np.nan
                if c < planned:
                    kind = PLANNED
                    i = plan_places[plan_starts[k] + c]
                elif c < planned + recent:
                    kind = RESPONSE
                    j = at_event - 1 - (c - planned)
                    if not reported[j]:
                        continue
                    i = final[j]
                    age = now - times[j]
                else:
                    kind = TIP
                    at = tip_starts[k] + c - planned - recent
                    i = tip_places[at]
                    ratio = tip_ratios[at]
                if seen[i] == k or until[i] > now:
                    continue
                seen[i] = k
                expected = estimate[i] * busy[k]
                left = excited[i] * math.exp((excited_at[i] - now) / city[SCALE])
                expected += city[GAIN] * left * (1.0 - math.exp(-12.0 / city[SCALE]))
                p = 1.0 - math.exp(-expected)
                p = p * ratio / (p * ratio + 1.0 - p)
                if p < policy[THRESHOLD]:
                    continue
                totals[0] += 1
                if made >= policy[MOST_A_WINDOW]:
                    continue
                level = 0
                if policy[LIMITED] > 0:
                    level = rarity_level(dep_time, dep_place, count, i, now, policy)
                if len(starts) > 1:
                    if slots[0] >= 0:
                        facts[slots[0]] = triggers[kind]
                    if slots[1] >= 0:
                        facts[slots[1]] = age
                    if slots[2] >= 0:
                        facts[slots[2]] = float(level)
                    if slots[3] >= 0:
                        facts[slots[3]] = p
                    blocked = False
                    for rule in range(len(starts) - 1):
                        if blocking[rule] and judge(steps, values, facts, starts[rule], starts[rule + 1]) != 1:
                            blocked = True
                            break
                    if blocked:
                        if level == 3:
                            totals[2] += 1
                        else:
                            totals[1] += 1
                        continue
                elif level == 3:
                    totals[2] += 1
                    continue
                if count >= len(dep_time):
                    return -1
                dep_time[count] = now
                dep_place[count] = i
                dep_kind[count] = kind
                dep_p[count] = p
                dep_hits[count] = 0
                until[i] = now + city[HOURS]
                last_dep[i] = count
                if city[DISPLACED] < 0:
                    for s in range(8):
                        fade_until[neighbours[i, s]] = now + city[HOURS]
                fading = math.exp(-(now - drop_at[i]) * log2 / city[RECOVER])
                felt[i] *= fading
                # Nobody can lose more than the hundred points there are.
                lost = min(city[HIT] * (1.0 + city[MORE] * felt[i]), 100.0 - drop[i] * fading)
                drop[i] = drop[i] * fading + lost
                felt[i] += 1.0
                drop_at[i] = now
                totals[3] += people[i] * lost / 100.0 * city[RECOVER] / 8766.0 / log2
                count += 1
                made += 1
        first_recent = at_event
        while at_event < len(times) and times[at_event] < end:
            j = at_event
            at_event += 1
            t = times[j]
            if t < -12.0:
                first_recent = at_event
            i = places[j]
            if parents[j] >= 0:
                # What an event sets off follows it where it was moved to.
                i = final[parents[j]] if sides[j] < 0 else neighbours[final[parents[j]], sides[j]]
            final[j] = i
            if parents[j] >= 0 and (fate[parents[j]] == PREVENTED or fate[parents[j]] == NOT_SET_OFF):
                fate[j] = NOT_SET_OFF
                continue
            if k >= 0 and marks[j, 3] < alternative[i] * ramp[k]:
                fate[j] = PREVENTED
                continue
            effect = 0.0
            if t < until[i]:
                effect = city[EFFECT]
            elif last_dep[i] >= 0:
                effect = city[EFFECT] * math.exp(-(t - until[i]) * log2 / city[FADE])
            if city[DISPLACED] < 0 and fade_until[i] > -1e8:
                past = max(0.0, t - fade_until[i])
                effect = max(effect, -city[DISPLACED] * city[EFFECT] * math.exp(-past * log2 / city[FADE]))
            if marks[j, 0] < effect:
                if marks[j, 1] >= city[DISPLACED]:
                    fate[j] = PREVENTED
                    continue
                fate[j] = MOVED
                i = neighbours[i, int(marks[j, 2] * 8)]
                final[j] = i
            if t < until[i]:
                dep_hits[last_dep[i]] += 1
            points = drop[i] * math.exp(-(t - drop_at[i]) * log2 / city[RECOVER]) if drop[i] > 0 else 0.0
            chance = 1.0 / (1.0 + math.exp(city[REPORT_SLOPE] * points - odds[i]))
            if marks[j, 4] < chance:
                reported[j] = True
                excited[i] = excited[i] * math.exp((excited_at[i] - t) / city[SCALE]) + city[SAME]
                excited_at[i] = t
                for s in range(8):
                    m = neighbours[i, s]
                    excited[m] = excited[m] * math.exp((excited_at[m] - t) / city[SCALE]) + (1.0 - city[SAME]) / 8.0
                    excited_at[m] = t
    return count
