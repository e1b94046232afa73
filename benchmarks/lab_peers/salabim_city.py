"""The city as salabim components: one for the background, one for each set-off event, one that decides."""

from __future__ import annotations

import job
import salabim as sim

sim.yieldless(False)


def year(seed: int) -> tuple[int, int]:
    """Return the events and deployments of one year."""
    rng, rates = job.city(seed)
    env = sim.Environment(trace=False)
    until, reported, total = [0.0] * job.PLACES, set(), [0, 0]
    belief = job.Belief(rates)

    def happen(place):
        now = env.now()
        if now < until[place] and rng.random() < job.EFFECT:
            return
        total[0] += 1
        if rng.random() < job.REPORTED:
            reported.add(place)
            belief.learn(place, env.now())
        for at in job.children(rng, now):
            if at < job.HOURS:
                Later(at=at, place=place)

    class Later(sim.Component):
        def setup(self, place):
            self.place = place

        def process(self):
            happen(self.place)
            yield self.hold(0)

    class Own(sim.Component):
        def process(self):
            for at, place in job.background(rng, rates):
                yield self.hold(till=at)
                happen(place)

    class Decide(sim.Component):
        def process(self):
            while True:
                yield self.hold(job.WINDOW)
                for place in reported:
                    likely = belief.chance(place, env.now()) > 0
                    if likely and until[place] <= env.now() and total[1] < job.MOST:
                        until[place] = env.now() + job.WINDOW
                        total[1] += 1
                reported.clear()

    Own()
    Decide()
    env.run(till=job.HOURS)
    return total[0], total[1]


if __name__ == "__main__":
    job.report("salabim", year)
