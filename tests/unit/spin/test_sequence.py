"""Sequences as data: delays from centre to centre, and the faults a user can make."""

import pytest
from reference_data import config

from mrsgap.core.errors import InputError
from mrsgap.spin.sequence import Delay, HardPulse, read_sequence
from mrsgap.spin.waveform import calibrated

SEQUENCES = config("sequence.yaml")["sequences"]
WAVEFORMS = {
    "refocus": calibrated([1.0] * 4, [0.0] * 4, 5e-3, 180.0, where="test"),
    "edit": calibrated([1.0] * 4, [0.0] * 4, 20e-3, 180.0, where="test"),
}


def test_mega_press_delays_and_echo_time():
    sequence = read_sequence("mega_press", SEQUENCES["mega_press"], WAVEFORMS)
    delays_ms = [1e3 * event.duration_s for event in sequence.events if isinstance(event, Delay)]
    assert delays_ms == pytest.approx([2.5, 4.5, 4.5, 4.5, 2.0])
    assert sequence.echo_time_s == pytest.approx(0.068)


def test_a_pulse_longer_than_its_gap_is_refused():
    long = {**WAVEFORMS, "edit": calibrated([1.0] * 4, [0.0] * 4, 30e-3, 180.0, where="test")}
    with pytest.raises(InputError, match=r"need 17\.5 ms but their centres are 17 ms apart.*cannot be negative"):
        read_sequence("mega_press", SEQUENCES["mega_press"], long)


def test_an_unknown_role_is_named():
    with pytest.raises(InputError, match="no pulse is given for the role `edit`"):
        read_sequence("mega_press", SEQUENCES["mega_press"], {"refocus": HardPulse(180.0)})


EXCITE, PULSE, GAP = {"excite": {}}, {"pulse": {"role": "refocus"}}, {"gap_ms": 9}


@pytest.mark.parametrize(("events", "complaint"), [
    ([PULSE, GAP], "does not begin with an excitation"), ([EXCITE, PULSE, GAP], "have no gap"),
    ([EXCITE, GAP, PULSE], "does not end"),
    ([EXCITE, GAP, GAP, PULSE, GAP], "two gaps"), ([EXCITE, GAP, {"wobble": {}}, GAP], "unknown event `wobble`"),
])  # fmt: skip
def test_faulty_event_lists(events, complaint):
    with pytest.raises(InputError, match=complaint):
        read_sequence("mine", {"events": events}, WAVEFORMS)


def test_a_cycle_needs_one_sign_per_phase():
    pulse = {"pulse": {"role": "refocus", "cycle_deg": [0, 90], "cycle_sign": [1]}}
    with pytest.raises(InputError, match="2 phases but 1 signs"):
        read_sequence("mine", {"events": [EXCITE, GAP, pulse, GAP]}, WAVEFORMS)
