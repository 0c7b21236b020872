"""Numbers as a reader wants them: two significant digits of the uncertainty decide how many of the value are shown."""

import math

MISSING = "–"


def decimals_for(uncertainty: float, most: int = 6) -> int:
    """Decimals that show two significant digits of `uncertainty`; three where it is unknown or zero."""
    if not (math.isfinite(uncertainty) and uncertainty > 0):
        return 3
    decimals = 1 - math.floor(math.log10(uncertainty))
    if round(uncertainty, decimals) >= 10 ** (2 - decimals):  # 0.0996 rounds up to 0.10: one decimal less
        decimals -= 1
    return min(max(decimals, 0), most)


def rounded(value: float, uncertainty: float = math.nan) -> str:
    """`value` with as many decimals as its uncertainty allows; a dash where it is unknown."""
    if not math.isfinite(value):
        return MISSING
    text = f"{value:.{decimals_for(uncertainty)}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def with_uncertainty(value: float, uncertainty: float) -> str:
    """`0.056 ± 0.0047` style; the value alone where the uncertainty is unknown."""
    if not math.isfinite(value) or not math.isfinite(uncertainty):
        return rounded(value, uncertainty)
    return f"{rounded(value, uncertainty)} ± {rounded(uncertainty, uncertainty)}"


def interval(low: float, high: float, uncertainty: float) -> str:
    """`[0.042, 0.070]`, rounded like the value; empty where unknown."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"[{rounded(low, uncertainty)}, {rounded(high, uncertainty)}]"


def p_value(p: float) -> str:
    """A p value with two significant digits; below 1e-4 only that it is."""
    if not math.isfinite(p):
        return MISSING
    if p < 1e-4:
        return "< 0.0001"
    return f"{p:.{decimals_for(p, 4)}f}"
