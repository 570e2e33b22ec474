"""A small model of a patient on a circuit, so that the demo's numbers agree with one another.

Invented for the demonstration, and good for nothing else: the pump is a quadratic, drugs and blood
counts relax towards a set point. Pressures in mmHg, flows in L/min, times in hours since flow on.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from ecmo.demo.body import Body, Kind

PUMP = 2.8e-5  # mmHg per (revolution per minute) squared
LONGEST_STEP_H = 1.0
RECIRCULATION = 0.06
P50, HILL = 26.8, 2.7  # of a usual dissociation curve; the demo needs no better one
GRAMS_OF_OXYGEN = 13.4  # mL of oxygen that a litre of blood carries per g/dL of haemoglobin


@dataclass(slots=True)
class Physiology:
    """How it goes on from hour to hour; what people do to it changes it."""

    body: Body
    rng: Random
    clock_h: float = 0.0
    hb: float = 0.0
    platelets: float = 190.0
    fibrinogen: float = 410.0
    lactate: float = 0.0
    creatinine: float = 1.0
    pf_hb: float = 14.0
    d_dimer: float = 3.0
    drug: float = 0.0
    rate: float = 0.0
    clot: float = 1.0
    support: float = 1.0
    speed: float = 0.0
    sweep: float = 0.0
    fdo2: float = 1.0
    is_sweep_off: bool = False
    clearance: float = 1.0
    noise: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        norm = self.body.norm
        self.hb = norm.hb + self.rng.uniform(-0.5, 0.5)
        self.lactate = self.body.lactate
        self.clearance = self.rng.uniform(0.72, 1.4)
        self.creatinine = {"adult": 1.2, "pediatric": 0.6, "neonatal": 0.5}[self.body.group]
        self.tend()

    def advance(self, to_h: float) -> None:
        """Let time pass."""
        while self.clock_h < to_h:
            step = min(LONGEST_STEP_H, to_h - self.clock_h)
            self.clock_h += step
            self._pass(step)

    def tend(self) -> None:
        """Set the pump, the gas and the oxygen to what is wanted, as staff would."""
        self.fdo2 = 1.0 if self.clock_h < 1 else max(0.5, 0.85 - 0.35 * self.healed)
        wanted = self._sweep_needed()
        if self.is_sweep_off:
            self.sweep = 0.0
        elif not self.sweep or abs(self.sweep - wanted) / wanted > 0.12:  # noqa: PLR2004
            self.sweep = max(_rounded(wanted, 0.05 if wanted < 1 else 0.25), 0.1)
        if self.has(Kind.SUCTION):
            return  # more speed would only suck harder
        if not self.speed or abs(self.flow - self.flow_wanted) / self.flow_wanted > 0.045:  # noqa: PLR2004
            self.speed = self._speed_for(self.flow_wanted)

    @property
    def healed(self) -> float:
        """How far lungs and heart have come back, 0 to 1."""
        return math.pow(min(1.0, max(0.0, self.clock_h / self.body.recovers_by_h)), 1.6)

    @property
    def flow_wanted(self) -> float:
        """The flow that is ordered, in L/min."""
        weaned = 0.25 * self.healed if self.body.is_arterial else 0.1 * self.healed
        return self.body.norm.flow_ml_kg * self.body.weight_kg / 1000 * self.support * (1 - weaned)

    @property
    def flow(self) -> float:
        """The flow that the speed makes against what resists it: where the two curves cross."""
        drain, back, membrane, loss = self._resistances()
        square, head = drain + back + loss, PUMP * self.speed**2 - self._stands_against()
        root = membrane**2 + 4 * square * max(head, 0)
        return (math.sqrt(root) - membrane) / (2 * square)

    def circuit(self) -> dict[str, float]:
        """Return what is read off the circuit now."""
        drain, back, membrane, _ = self._resistances()
        flow = self.flow * (1 + self._wobble("flow", 0.006))
        after = self._pressure_behind() + back * flow**2
        venous, arterial = self.saturations()
        return {
            "pump_speed": self.speed,
            "blood_flow": flow,
            "sweep_gas_flow": self.sweep,
            "fdo2": self.fdo2,
            "p_drainage": self._cvp() - drain * flow**2 + self._wobble("drain", 1.5),
            "p_pre_membrane": after + membrane * flow,
            "p_post_membrane": after,
            "sat_pre_membrane": min(venous + self._recirculated(venous), 97),
            "sat_post_membrane": min(100, 98.6 + 2 * (self.fdo2 - 0.5) - 0.9 * (self.clot - 1)),
            "temp_blood_out": 36.7 + self._wobble("temperature", 0.12),
            "spo2_right_hand": min(arterial, 100),
        }

    def patient(self) -> dict[str, float]:
        """Return what is read off the patient now."""
        norm, low = self.body.norm, self.has(Kind.BLEEDING) * 0.04
        return {
            "hr": norm.hr * (1 + low * 2) + self._wobble("hr", 3),
            "map": norm.map * (1 - low) + self._wobble("map", 2),
            "cvp": self._cvp() + self._wobble("cvp", 0.7),
            "temp_core": 36.8 + self._wobble("core", 0.12),
            "hb_inline": self.hb + self._wobble("hb", 0.1),
            "rso2_cerebral_l": 66 + self._wobble("nirs", 1.6),
            "rso2_cerebral_r": 67 + self._wobble("nirs right", 1.6),
        }

    def gases(self) -> dict[str, float]:
        """Return an arterial blood gas."""
        paco2 = 40 * (self._sweep_needed() / max(self.sweep, 0.6 * self._sweep_needed())) ** 0.5
        paco2 += self._wobble("co2", 1.4)
        hco3 = 25 - 0.5 * max(self.lactate - 1.2, 0)
        _, arterial = self.saturations()
        share = min(arterial, 98.6) / 100
        return {
            "ph": 6.1 + math.log10(hco3 / (0.0307 * paco2)),
            "paco2": paco2,
            "pao2": P50 * (share / (1 - share)) ** (1 / HILL),
            "hco3": hco3,
            "sao2": min(arterial, 99.0),
            "lactate": max(self.lactate + self._wobble("lactate", 0.08), 0.5),
        }

    def clotting(self) -> dict[str, float]:
        """Return the tests that drive anticoagulation."""
        aptt = {"aptt": 36 + 27 * self.drug + self._wobble("aptt", 2)}
        if self.body.agent != "ufh":
            return aptt
        return {"anti_xa_ufh": max(0.4 * self.drug + self._wobble("xa", 0.012), 0.02), **aptt}

    def counts(self) -> dict[str, float]:
        """Return blood counts and chemistry."""
        return {
            "hb": self.hb,
            "platelets": self.platelets,
            "fibrinogen": self.fibrinogen,
            "d_dimer": self.d_dimer,
            "pf_hb": self.pf_hb,
            "creatinine": self.creatinine,
            "antithrombin": 72 + self._wobble("at", 3),
        }

    def saturations(self) -> tuple[float, float]:
        """Return mixed venous and arterial saturation in %, by oxygen used and delivered."""
        body, norm = self.body, self.body.norm
        output = norm.output_ml_kg * body.weight_kg / 1000
        used = 100 * norm.vo2_ml_kg * body.weight_kg / (GRAMS_OF_OXYGEN * self.hb * output)
        if body.is_arterial:
            arterial = 98.4 + self._wobble("spo2", 0.4)
            return arterial - used, arterial
        if self.is_sweep_off:
            alone = 92 + 4.5 * self.healed
            return alone - used, alone + self._wobble("spo2", 0.4)
        share = min(self.flow / output, 0.95)
        lungs = 3.2 + 6 * self.healed
        arterial = min(100 - (1 - share) / share * used + lungs / share, 98.5)
        return arterial - used, arterial + self._wobble("spo2", 0.4)

    def transfuse(self, product: str) -> None:
        """Give a unit (by weight in children) of red cells, platelets, fibrinogen or plasma."""
        gains: dict[str, Callable[[], None]] = {
            "red_cells": lambda: setattr(self, "hb", self.hb + 1.0),
            "platelets": lambda: setattr(self, "platelets", self.platelets + 32),
            "fibrinogen": lambda: setattr(self, "fibrinogen", self.fibrinogen + 60),
        }
        gains.get(product, lambda: None)()

    def new_membrane(self) -> None:
        """A new oxygenator resists like a new one."""
        self.clot = 1.0
        self.d_dimer *= 0.6

    def _pass(self, step: float) -> None:
        suction, bleeding = self.has(Kind.SUCTION), self.has(Kind.BLEEDING)
        self.drug = _towards(self.drug, self.rate / self._need(), step, 1.7)
        self.lactate = _towards(self.lactate, 1.1 + 0.5 * bleeding, step, 9)
        self.pf_hb = _towards(self.pf_hb, 12 + 14 * suction, step, 8)
        self.hb -= step * (0.008 + 0.035 * bleeding)
        self.platelets = _towards(self.platelets, 118 - 20 * bleeding, step, 55)
        self.fibrinogen = _towards(self.fibrinogen, 430 - 70 * bleeding, step, 40)
        self.clot += step * (0.0006 + self.has(Kind.CLOT) / 24)
        self.d_dimer = _towards(self.d_dimer, 3.2 + 16 * (self.clot - 1), step, 30)
        self.creatinine = _towards(self.creatinine, self._creatinine_ahead(), step, 40)
        for name in self.noise:
            self.noise[name] = 0.6 * self.noise[name] + 0.8 * self.rng.gauss(0, 1)

    def has(self, kind: Kind) -> float:
        """How much of a trouble there is now."""
        return sum(
            one.size
            for one in self.body.troubles
            if one.kind is kind and one.from_h <= self.clock_h < one.to_h
        )

    def _creatinine_ahead(self) -> float:
        return self.has(Kind.KIDNEYS) or {"adult": 1.0, "pediatric": 0.5}.get(self.body.group, 0.4)

    def _need(self) -> float:
        """The dose of the drug that makes a level of 1 (an anti-Xa of 0.4)."""
        if self.body.agent == "bivalirudin":
            return 0.12 * self.clearance
        return self.body.norm.heparin * self.clearance

    def _resistances(self) -> tuple[float, float, float, float]:
        """Drainage, return, membrane and pump: the second linear, the others by the square."""
        norm = self.body.norm
        full = norm.flow_ml_kg * self.body.weight_kg / 1000
        drain = (self._cvp() - norm.p_drainage) / full**2 * (1 + self.has(Kind.SUCTION))
        back = (norm.p_return - 10) / full**2
        if self.body.is_arterial:
            back *= 0.8
        return drain, back, norm.drop / full * self.clot, norm.pump_loss / full**2

    def _stands_against(self) -> float:
        return self._pressure_behind() - self._cvp()

    def _pressure_behind(self) -> float:
        return self.body.norm.map if self.body.is_arterial else self._cvp() + 2

    def _cvp(self) -> float:
        return 6.0 if self.body.group == "neonatal" else 9.0

    def _speed_for(self, flow: float) -> float:
        drain, back, membrane, loss = self._resistances()
        head = (drain + back + loss) * flow**2 + membrane * flow + self._stands_against()
        return _rounded(math.sqrt(head / PUMP), 25)

    def _sweep_needed(self) -> float:
        return max(self.flow_wanted * (1.15 - 0.75 * self.healed), 0.1)

    def _recirculated(self, venous: float) -> float:
        return 0.0 if self.body.is_arterial else RECIRCULATION * (100 - venous)

    def _wobble(self, name: str, size: float) -> float:
        return size * self.noise.setdefault(name, self.rng.gauss(0, 1))


def _towards(value: float, aim: float, step: float, hours: float) -> float:
    return value + (aim - value) * (1 - math.exp(-step / hours))


def _rounded(value: float, step: float) -> float:
    return round(value / step) * step
