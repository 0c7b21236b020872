"""Names of dimensions, edit states, table columns and words with one meaning, spelt once."""

METABOLITE, EDIT, TIME, ITEM = "metabolite", "edit", "time", "item"

OFF, ON, DIFF = "off", "on", "diff"
EDIT_STATES = (OFF, ON)  # stored; `diff` is always computed as on - off

# How a spectrum came to be: drawn by the workflow as training or test data; a labelled stand-in for a
# measurement; or recorded on a scanner.
SIMULATED, SYNTHETIC, MEASURED = "simulated", "synthetic", "measured"
ORIGINS = (SIMULATED, SYNTHETIC, MEASURED)

# The one table in which networks, LCModel and our own fit meet (one row per method, item and metabolite).
QUANTITY_COLUMNS = (
    "method", "basis", "training_set", "fold", "seed", "dataset", "origin", "series", "item", "metabolite",
    "estimate", "sd", "crlb", "correlations", "truth", "unit", "status", "reason",
)  # fmt: skip

# Status of a quantity: usable; usable with the stated reservation; absent (the estimate is NaN) because a network learnt other
# spectra, so that training anew is the cure; absent for any other stated reason.
OK, FLAGGED, REFUSED, FAILED = "ok", "flagged", "refused", "failed"
STATUSES = (OK, FLAGGED, REFUSED, FAILED)  # the better first
UNANSWERED = (REFUSED, FAILED)
