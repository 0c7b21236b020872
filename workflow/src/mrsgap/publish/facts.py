"""Numbers that the config sets and the paper prints: the design of the study, by name."""

import math
from collections.abc import Mapping

import pandas as pd

from mrsgap.core.constants import GYROMAGNETIC_RATIO_HZ_PER_T


def design_facts(config: dict) -> dict[str, float]:
    """Plain numbers for the statements of scope `design` and `size`; what the config lacks is left out.

    The basis is the one named `study`, else the first; the echo time is the sum of its sequence's gaps.
    """
    basis = config["bases"].get("study") or next(iter(config["bases"].values()))
    events = config["sequences"][basis["sequence"]]["events"]
    facts = {
        "larmor_mhz": basis["larmor_mhz"], "field_t": basis["larmor_mhz"] * 1e6 / GYROMAGNETIC_RATIO_HZ_PER_T,
        "echo_time_ms": math.fsum(event.get("gap_ms", 0) for event in events),
        "edit_on_ppm": basis["edit_on_ppm"], "edit_off_ppm": basis["edit_off_ppm"],
        "spectral_width_hz": basis["spectral_width_hz"], "basis_points": basis["points"],
        "linewidth_hz": config["basis_export"]["linewidth_hz"], "grid_positions": basis["grid"]["positions"],
    }  # fmt: skip
    window = config.get("window", {})
    facts |= {f"window_{key}": window[key] for key in ("points", "high_ppm", "low_ppm") if key in window}
    datasets = config.get("datasets", {})
    sizes = {"selection_items": "selection", "training_items": config["statistics"]["training_sets"].get("fixed")}
    facts |= {fact: datasets[name]["items"] for fact, name in sizes.items() if name in datasets}
    if "folds" in config:
        facts["folds"] = config["folds"]["count"]
    sigma = config.get("imperfections", {}).get("study", {}).get("noise", {}).get("sigma", {})
    if isinstance(sigma, dict) and "uniform" in sigma:
        facts["noise_sigma_max"] = sigma["uniform"][1]
    pulses = [event["pulse"] for event in events if "pulse" in event]
    for name, edited in (("refocus", False), ("edit", True)):
        cycles = [pulse for pulse in pulses if pulse.get("edited", False) == edited]
        facts |= {f"phase_steps_{name}_{number}": len(pulse.get("cycle_deg", [0])) for number, pulse in enumerate(cycles, 1)}
    model = config.get("models", {}).get("yae", {})
    facts |= {"yae_dropout": model["hyper"]["dropout"]} if "dropout" in model.get("hyper", {}) else {}
    batch = model.get("training", {}).get("batch_size", config.get("training", {}).get("batch_size"))
    facts |= {} if batch is None else {"yae_batch_size": batch}
    space = config.get("studies", {}).get("cnn-grid", {}).get("space")
    if isinstance(space, dict):
        facts["cnn_configurations"] = math.prod(len(values) for options in space.values() for values in options.values())
    return facts


TOP_MODELS = 5  # whose validation errors the study's configuration history gives as a range
SELECTED_FROM = {"cnn": "cnn-grid", "yae": "yae-stage-3"}


def selection_facts(rankings: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Mean validation MAE of the five best configurations of each network; `rankings` by study, best first (`mae_mean`)."""
    ran = {name: rankings[study] for name, study in SELECTED_FROM.items() if study in rankings and len(rankings[study])}
    return {f"selection_mae_{name}": float(table["mae_mean"].head(TOP_MODELS).mean()) for name, table in ran.items()}


def phantom_facts(table) -> dict[str, float]:
    """Counts of the phantom table (one row per spectrum, columns series, item): spectra, also by series, experiments, phantoms.

    Series that differ only in a final letter (E4a to E4d) are the same phantoms measured again.
    """
    phantoms = table.assign(phantom=table["series"].str.rstrip("abcd"), place=table.groupby("series").cumcount())
    distinct = phantoms.drop_duplicates(["phantom", "place"])
    counts = {f"spectra_{name}": int(count) for name, count in table["series"].value_counts(sort=False).items()}
    whole = {"phantom_spectra": len(table), "phantom_series": table["series"].nunique(), "phantoms": len(distinct)}
    return whole | counts
