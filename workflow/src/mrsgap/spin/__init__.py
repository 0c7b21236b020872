"""Spin physics: pure, jitted functions from spin systems and pulses to free induction decays."""
