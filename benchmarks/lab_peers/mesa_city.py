"""The city as a Mesa model: one agent for each place, one step for each hour."""

from __future__ import annotations

import math

import job
import mesa


class Place(mesa.Agent):
    """A place: its rate, what past events still set off, and until when somebody is deployed there."""

    def __init__(self, model, rate):
        super().__init__(model)
        self.rate, self.excited, self.until, self.reported = rate, 0.0, 0.0, False

    def chance(self):
        expected = self.rate * job.WINDOW + self.excited * job.BRANCHING * (1 - math.exp(-job.WINDOW / job.SCALE))
        return 1 - math.exp(-expected)

    def step(self):
        model = self.model
        rate = self.rate + self.excited * job.BRANCHING / job.SCALE
        if model.hour < self.until:
            rate *= 1 - job.EFFECT
        self.excited *= model.fade
        if model.luck.random() < rate:
            model.events += 1
            self.excited += 1
            self.reported = self.reported or model.luck.random() < job.REPORTED


class City(mesa.Model):
    """The city, an hour a step."""

    def __init__(self, seed):
        super().__init__()
        self.luck, rates = job.city(seed)
        self.hour, self.events, self.deployments, self.fade = 0, 0, 0, 1 - 1 / job.SCALE
        for rate in rates:
            Place(self, rate)

    def step(self):
        if self.hour % job.WINDOW == 0:
            for place in self.agents.select(lambda one: one.reported):
                likely = place.chance() > 0
                if likely and place.until <= self.hour and self.deployments < job.MOST:
                    place.until = self.hour + job.WINDOW
                    self.deployments += 1
                place.reported = False
        self.agents.do("step")
        self.hour += 1


def year(seed: int) -> tuple[int, int]:
    """Return the events and deployments of a twentieth of a year; of the one not counted, a day."""
    city = City(seed)
    for _ in range(24 if seed == 0 else job.HOURS // 20):
        city.step()
    return city.events, city.deployments


if __name__ == "__main__":
    job.report("mesa", year, share=20)
