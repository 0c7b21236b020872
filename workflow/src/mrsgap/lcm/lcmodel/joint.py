"""OFF and DIFF fits of one item together: is DIFF referenced as OFF is, and the two joined through NAA."""

import dataclasses
import math

from mrsgap.core.names import FAILED, FLAGGED
from mrsgap.lcm.lcmodel.table import Row
from mrsgap.lcm.lcmodel.verdict import Outcome

LARGEST_SHIFT_DIFFERENCE_PPM = 0.05
LARGEST_PHASE_DEG = 60.0
REFERENCE = "NAA"
FROM_OFF = ("Cr",)  # its DIFF estimate means nothing: creatine is not edited


def check_reference(diff: Outcome, off: Outcome | None) -> Outcome:
    """`diff`, flagged as misreferenced if its shift disagrees with that of `off` or its phase is implausible.

    Where NAA is small LCModel can lock the difference spectrum to another peak, 0.2 to 1.1 ppm away, without a word.
    """
    if diff.status == FAILED:
        return diff
    faults = []
    if off is not None and off.status != FAILED:
        difference = diff.table.shift_ppm - off.table.shift_ppm
        if not abs(difference) <= LARGEST_SHIFT_DIFFERENCE_PPM:
            faults.append(f"its shift differs from the OFF fit's by {difference:+.3f} ppm")
    if not abs(diff.table.phase_deg) <= LARGEST_PHASE_DEG:
        faults.append(f"its phase is {diff.table.phase_deg:.0f} degrees")
    if not faults:
        return diff
    reasons = [f"misreferenced: {' and '.join(faults)}", *filter(None, [diff.reason])]
    return dataclasses.replace(diff, status=FLAGGED, reason="; ".join(reasons))


def join(off: Outcome, diff: Outcome) -> Outcome:
    """Cr from OFF, all else from DIFF, both on the scale of DIFF's NAA; failed where either has no NAA.

    `percent_sd` of a metabolite taken from OFF includes the uncertainty of the two NAA estimates (added in squares).
    """
    failed = next((one for one in (diff, off) if one.status == FAILED), None)
    if failed is not None:
        return Outcome(FAILED, failed.reason)
    off_rows, diff_rows = ({row.metabolite: row for row in one.rows} for one in (off, diff))
    naa = [rows.get(REFERENCE) for rows in (off_rows, diff_rows)]
    if not all(row is not None and row.concentration > 0 for row in naa):
        return Outcome(FAILED, f"{REFERENCE} is absent or zero in the OFF or the DIFF fit: the two cannot be joined")
    factor = naa[1].concentration / naa[0].concentration
    rows = [row for row in diff.rows if row.metabolite not in FROM_OFF]
    for name in FROM_OFF:
        if name in off_rows:
            row = off_rows[name]
            percent = math.hypot(row.percent_sd, naa[0].percent_sd, naa[1].percent_sd)
            rows.append(Row(name, row.concentration * factor, percent, row.ratio, row.prior_flag))
    flagged = [f"{name}: {one.reason}" for name, one in (("OFF", off), ("DIFF", diff)) if one.status == FLAGGED]
    return Outcome(FLAGGED if flagged else diff.status, "; ".join(flagged), tuple(rows), diff.table)
