"""What the config and a run say of the study's design: as numbers by name for the verdicts, as text for a methods section.

The text is in the order of MRSinMRS (Lin et al., NMR Biomed. 2021).
"""

import math
from collections.abc import Mapping

import pandas as pd

from mrsgap.core.constants import GYROMAGNETIC_RATIO_HZ_PER_T
from mrsgap.stats.bootstrap import batches


def design_facts(config: dict) -> dict[str, float]:
    """Plain numbers for the statements of scope `design` and `size`; what the config lacks is left out.

    The basis is the one named `study`, else the first; the echo time is the sum of its sequence's gaps. Linewidth and noise are
    those of the training set in the role `fixed`.
    """
    basis = config["bases"].get("study") or next(iter(config["bases"].values()))
    events = config["sequences"][basis["sequence"]]["events"]
    facts = {
        "larmor_mhz": basis["larmor_mhz"], "field_t": basis["larmor_mhz"] * 1e6 / GYROMAGNETIC_RATIO_HZ_PER_T,
        "echo_time_ms": math.fsum(event.get("gap_ms", 0) for event in events),
        "edit_on_ppm": basis["edit_on_ppm"], "edit_off_ppm": basis["edit_off_ppm"],
        "spectral_width_hz": basis["spectral_width_hz"], "basis_points": basis["points"],
        "grid_positions": basis["grid"]["positions"], "metabolites": len(basis["metabolites"]),
    }  # fmt: skip
    window = config.get("window", {})
    facts |= {f"window_{key}": window[key] for key in ("points", "high_ppm", "low_ppm") if key in window}
    datasets = config.get("datasets", {})
    sizes = {"selection_items": "selection", "training_items": config["statistics"]["training_sets"].get("fixed")}
    sizes["poster_items"] = config["statistics"]["training_sets"].get("generalised")
    facts |= {fact: datasets[name]["items"] for fact, name in sizes.items() if name in datasets}
    if "folds" in config:
        facts["folds"] = config["folds"]["count"]
    facts |= _imperfection_facts(config, datasets.get(config["statistics"]["training_sets"].get("fixed"), {}))
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


def _imperfection_facts(config, dataset):
    """Linewidth and largest noise of one training set, where they are one number and a uniform law."""
    effects = config.get("imperfections", {}).get(dataset.get("imperfections"), {})
    linewidth, sigma = effects.get("linewidth_hz"), effects.get("noise", {}).get("sigma")
    facts = {"linewidth_hz": linewidth} if isinstance(linewidth, (int, float)) else {}
    return facts | ({"noise_sigma_max": sigma["uniform"][1]} if isinstance(sigma, dict) and "uniform" in sigma else {})


TOP_MODELS = 5  # whose validation errors the study's configuration history gives as a range
SELECTED_FROM = {"cnn": "cnn-grid", "yae": "yae-stage-3"}


def selection_facts(rankings: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Mean validation MAE of the five best configurations of each network; `rankings` by study, best first (`mae_mean`)."""
    ran = {name: rankings[study] for name, study in SELECTED_FROM.items() if study in rankings and len(rankings[study])}
    return {f"selection_mae_{name}": float(table["mae_mean"].head(TOP_MODELS).mean()) for name, table in ran.items()}


def phantom_facts(table: pd.DataFrame) -> dict[str, float]:
    """Counts of the phantom table (a row per spectrum; series, item, medium): spectra, also by series, experiments, phantoms.

    `series_gel` and `series_solution` count the experiments in either medium.
    """
    counts = {f"spectra_{name}": int(count) for name, count in table["series"].value_counts(sort=False).items()}
    media = table.drop_duplicates("series")["medium"].value_counts(sort=False)
    counts |= {f"series_{name}": int(count) for name, count in media.items()}
    whole = {"phantom_spectra": len(table), "phantom_series": table["series"].nunique(), "phantoms": count_phantoms(table)}
    return whole | counts


def count_phantoms(table: pd.DataFrame) -> int:
    """Number of distinct phantoms in a table with a row per spectrum: of each batch, as many as its longest series."""
    sizes = table["series"].value_counts()
    return int(sizes.groupby(batches(sizes.index)).max().sum())


def methods_text(config: dict, versions: dict[str, str], origins: set[str]) -> list[tuple[str, str]]:
    """Headings of the MRSinMRS check list with a paragraph each; what the config does not say is not written."""
    facts = design_facts(config)
    return [
        ("1. Hardware", _hardware(config, facts, origins)),
        ("2. Acquisition", _acquisition(config, facts)),
        ("3. Data analysis: simulated data and preprocessing", _data(config)),
        ("3. Data analysis: quantification", _quantification(config, versions)),
        ("4. Data quality and statistics", _statistics(config)),
    ]


def _hardware(config, facts, origins):
    text = {
        "measured": "Phantom spectra were measured.",
        "synthetic": "No scanner was used: the phantom spectra are SYNTHETIC stand-ins with known concentrations, "
        "simulated with imperfections that the training sets do not have.",
    }
    origin_words = [text[name] for name in sorted(origins) if name in text]
    field = f"{facts['field_t']:.3f} T (proton Larmor frequency {facts['larmor_mhz']:g} MHz)"
    return " ".join([f"Spectra were simulated for {field}.", *origin_words])


def _acquisition(config, facts):
    name, basis = _first(config["bases"])
    grid = basis["grid"]
    sentences = [
        f"MEGA-PRESS, echo time {facts['echo_time_ms']:g} ms; editing pulses at {facts['edit_on_ppm']:g} ppm (edit-on) and",
        f"{facts['edit_off_ppm']:g} ppm (edit-off); spectral width {facts['spectral_width_hz']:g} Hz,",
        f"{facts['basis_points']} complex points. Basis sets ({', '.join(config['bases'])}) were simulated by density-matrix",
        f"propagation with shaped pulses; `{name}` uses {facts['grid_positions']} × {facts['grid_positions']} positions over",
        f"{grid['extent_cm']:g} cm for a {grid['slice_cm']:g} cm slice. Metabolites: {', '.join(basis['metabolites'])}.",
        "The difference spectrum is edit-on minus edit-off.",
    ]
    return " ".join(sentences)


def _data(config):
    sets = [
        f"{name} ({one['items']:,} spectra, basis {' or '.join(one['bases'])}, imperfections `{one['imperfections']}`)"
        for name, one in config.get("datasets", {}).items()
    ]
    text = [f"Simulated data sets: {'; '.join(sets)}."] if sets else []
    if window := config.get("window"):
        references = " or ".join(f"{name} ({ppm:g} ppm)" for name, ppm in window["references_ppm"].items())
        text += [
            "Simulated and measured spectra pass through one preprocessing: frequency alignment on the larger of",
            f"{references} in edit-off, discrete Fourier transform on {window['points']} points from",
            f"{window['high_ppm']:g} to {window['low_ppm']:g} ppm, scaling by the edit-off maximum.",
            "No apodisation and no phase correction.",
        ]
    return " ".join(text)


def _quantification(config, versions):
    text = []
    if models := config.get("models"):
        named = ", ".join(f"{name} ({one.get('architecture', name)})" for name, one in models.items())
        text.append(f"Neural networks: {named}; JAX {versions.get('jax', '?')}, Flax {versions.get('flax', '?')}.")
    if fit := config.get("fit"):
        low, high = fit["settings"]["range_ppm"]
        text += [
            f"Linear-combination modelling ({', '.join(fit['kinds'])}): maximum likelihood with non-negative amplitudes and a",
            f"regularised spline baseline, {low:g} to {high:g} ppm; uncertainty as Cramér-Rao lower bounds.",
        ]
    text.append("Estimates are relative: divided by the spectrum's largest (primary) or by NAA (secondary).")
    return " ".join(text)


def _statistics(config):
    statistics = config["statistics"]
    text = [
        f"Mean absolute error (MAE) over spectra with standard error; {100 * statistics['level']:g} % intervals from",
        f"{statistics['bootstrap_draws']:,} studentised bootstrap resamples of batches of phantoms, also for regression and",
        "Bland-Altman limits of agreement; Lin's concordance. Methods are compared by paired differences on the same spectra,",
        "batches and trained copies resampled, and by one-tailed Wilcoxon signed-rank tests on experiment-level MAEs,",
        "Holm-adjusted, beside which stand those with one pair for each batch of phantoms.",
        "Skill is the reduction of MAE against a constant predictor, the mean composition.",
        "Zero true concentrations are included.",
        f"Random seed {config['seed']}.",
    ]
    numbers = {name: value for name, value in config.get("quality", {}).items() if isinstance(value, (int, float))}
    if numbers:
        limits = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in numbers.items())
        text.append(f"Spectra beyond these limits are flagged, never left out: {limits}.")
    return " ".join(text)


def _first(bases):
    return ("study", bases["study"]) if "study" in bases else next(iter(bases.items()))
