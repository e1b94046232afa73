"""The city as SimPy processes: one for the background, one for each family, one that decides every twelve hours."""

from __future__ import annotations

import job
import simpy


def year(seed: int) -> tuple[int, int]:
    """Return the events and deployments of one year."""
    rng, rates = job.city(seed)
    env = simpy.Environment()
    until, reported, total = [0.0] * job.PLACES, set(), [0, 0]
    belief = job.Belief(rates)

    def happen(place):
        if env.now < until[place] and rng.random() < job.EFFECT:
            return
        total[0] += 1
        if rng.random() < job.REPORTED:
            reported.add(place)
            belief.learn(place, env.now)
        for at in job.children(rng, env.now):
            if at < job.HOURS:
                env.process(later(at, place))

    def later(at, place):
        yield env.timeout(at - env.now)
        happen(place)

    def own():
        for at, place in job.background(rng, rates):
            yield env.timeout(at - env.now)
            happen(place)

    def decide():
        while True:
            yield env.timeout(job.WINDOW)
            for place in reported:
                likely = belief.chance(place, env.now) > 0
                if likely and until[place] <= env.now and total[1] < job.MOST:
                    until[place] = env.now + job.WINDOW
                    total[1] += 1
            reported.clear()

    env.process(own())
    env.process(decide())
    env.run(until=job.HOURS)
    return total[0], total[1]


if __name__ == "__main__":
    job.report("simpy", year)
