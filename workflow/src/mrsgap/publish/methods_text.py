"""The methods section of a paper about this run, from its config, in the order of MRSinMRS (Lin et al., NMR Biomed. 2021)."""

from mrsgap.publish.facts import design_facts


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
    told = [text[name] for name in sorted(origins) if name in text]
    field = f"{facts['field_t']:.3f} T (proton Larmor frequency {facts['larmor_mhz']:g} MHz)"
    return " ".join([f"Spectra were simulated for {field}.", *told])


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
        f"{statistics['bootstrap_draws']:,} bootstrap resamples of batches of phantoms; regression, Bland-Altman limits of",
        "agreement and Lin's concordance; one-tailed Wilcoxon signed-rank tests on experiment-level MAEs,",
        "Holm-adjusted.",
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
