"""The report: answers first, stands alone, escapes what it is given, and says what is missing."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml
from estimates import study
from reference_data import REPOSITORY
from unit.publish.test_tables import evidence

from mrsgap.core.names import MEASURED
from mrsgap.publish.evidence import Evidence
from mrsgap.publish.facts import methods_text
from mrsgap.publish.report import (
    answer_context,
    caption,
    devices,
    figures_for_page,
    quality_for_page,
    ranking,
    render_report,
    run_context,
    sentences,
    tables_for_page,
    time_per_rule,
    warnings,
)
from mrsgap.quantities.normalise import MAX
from mrsgap.show.printed import parse_table
from mrsgap.stats.differences import paired_differences
from mrsgap.stats.judge import judge

TEMPLATE = REPOSITORY / "workflow" / "report" / "page.html.jinja"
PNG = b"\x89PNG\r\n\x1a\n"


def found(quantities):
    parts = evidence(quantities)
    settings = parts["settings"] | {"training_sets": {"fixed": "train"}, "level": 0.95}
    return Evidence(parts["summary"], None, None), settings, pairs(quantities)


def pairs(quantities):
    judged = judge(quantities, MAX, {}, {})
    return paired_differences(
        judged, "phantoms", ["Cr", "GABA", "Gln", "Glu"], 0.95, 200, lambda name: np.random.default_rng(0)
    )


def page(tmp_path, quantities):
    logs = tmp_path / "logs"
    (logs / "fit_lcm").mkdir(parents=True)
    (logs / "fit_lcm" / "phantoms.log").write_text(
        "t INFO device: cpu (cpu) x 1, jax 0.10.2\nt i WARNING odd <shift>\nt INFO done in 61.5 s\n"
    )
    (logs / "report.log").write_text("t INFO done in 1.0 s\n")
    (tmp_path / "figure-10-answer.png").write_bytes(PNG)
    (tmp_path / "table-12.md").write_text(
        "**Table 12. A & B**\n\n| method | GABA |\n|--|--|\n| <i>x</i> | 0.1 ± 0.2 |\n\n- n = 3\n"
    )
    (tmp_path / "phantoms-qc.csv").write_text("item,status,reason\na,ok,\nb,flagged,SNR 3 below 20\n")
    context = answer_context(*found(quantities)) | run_context(logs, tmp_path / "benchmarks")
    context |= {
        "scale": "smoke",
        "seed": 1,
        "versions": {"jax": "0.1"},
        "verdict_counts": [("exact", 3)],
        "agreements": [{"needs": "settings", "statements": 4, "agree": 3, "differ": 0, "missing": 1, "paper": 0}],
        "methods": [("1. Hardware", "3 T")],
        "figures": figures_for_page([tmp_path / "figure-10-answer.png"], TEMPLATE.parent),
        "tables": tables_for_page([tmp_path / "table-12.md"]),
        "quality": quality_for_page([tmp_path / "phantoms-qc.csv"]),
        "config": "a: 1",
    }
    return render_report(TEMPLATE, context)


def test_the_page_stands_alone_and_answers_first(tmp_path):
    html = page(tmp_path, study())
    assert not re.findall(r"(?:src|href)=[\"'](?!data:|#)", html)
    assert "<script" not in html
    assert html.index("has the smallest error") < html.index("<h2>Figures</h2>")
    assert "&lt;i&gt;x&lt;/i&gt;" in html
    assert "odd &lt;shift&gt;" in html
    assert "1 min 2 s" in html
    assert "SNR 3 below 20" in html
    assert "LCModel-OFF (LCModel not available" in html
    assert '<th scope="row">settings</th><td class="number">4</td><td class="number">3</td>' in html


def test_stand_ins_carry_a_banner_and_measurements_do_not(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert 'class="banner"' in page(tmp_path / "a", study())
    assert 'class="banner"' not in page(tmp_path / "b", study().assign(origin=MEASURED))


def test_an_empty_run_has_a_page_that_says_so(tmp_path):
    assert "No method was judged in this run." in page(tmp_path, study().iloc[:0])


def test_the_best_method_is_named_with_interval_runner_up_and_constant():
    one, settings, differences = found(study())
    rows = one.methods(settings, "train", ["YAE", "CNN", "FCNN", "LCModel-OFF"])
    ranked = ranking(rows, "GABA")
    assert ranked["mae"].is_monotonic_increasing
    best = ranked[ranked["group"].isin(["study", "own"])].iloc[0]
    text = sentences(rows, ["GABA"], True, differences)[0]
    assert text.startswith(f"On the synthetic stand-ins (not measurements), GABA: {best['name']} has the smallest error")
    assert "every method is better" in text


def difference(first, second, value, low, high):
    words = {"metabolite": "GABA", "first": first, "second": second, "note": "one training of cnn"}
    return pd.DataFrame([words | {"difference": value, "low": low, "high": high}])


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("low", "high", "better"), [(-0.02, -0.001, True), (-0.02, 0.001, False), (np.nan, np.nan, False)])
def test_better_is_said_only_where_the_paired_interval_excludes_zero(turned, low, high, better):
    """Whatever the two intervals of the errors do."""
    one, settings, _ = found(study())
    rows = one.methods(settings, "train", ["YAE", "CNN", "FCNN"])
    first, second = ranking(rows, "GABA").query("group == 'study'")["label"][:2]
    table = difference(second, first, 0.01, -high, -low) if turned else difference(first, second, -0.01, low, high)
    text = sentences(rows, ["GABA"], False, table)[0].split("Not looking")[0]
    assert ("is better" in text) == better
    assert ("not told apart" in text) == (np.isfinite(low) and not better)
    assert ("unknown" in text) == np.isnan(low)
    assert ("one training of cnn: their spread is not in it" in text) == np.isfinite(low)


def test_a_method_no_better_than_a_constant_is_told():
    bad = study()
    rng = np.random.default_rng(0)
    wrong = (bad["method"] == "fcnn").to_numpy()
    bad.loc[wrong, "estimate"] = rng.uniform(0, 15, wrong.sum())
    one, settings, differences = found(bad)
    rows = one.methods(settings, "train", ["YAE", "CNN", "FCNN"])
    assert "not shown to be better than that: FCNN" in sentences(rows, ["GABA"], False, differences)[0]


def test_record_of_a_run(tmp_path):
    page(tmp_path, study())
    times = time_per_rule(tmp_path / "logs", tmp_path / "benchmarks").set_index("rule")
    assert times.loc["fit_lcm", "seconds"] == 61.5
    assert devices(tmp_path / "logs") == ["cpu (cpu) x 1"]
    assert warnings(tmp_path / "logs") == [("fit_lcm", "odd <shift>")]


def test_peak_memory_comes_from_the_benchmarks(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "logs" / "fit.log").write_text("x done in 2 s")
    (tmp_path / "b" / "fit.tsv").write_text("s\tmax_rss\n2.0\t512.5\n")
    assert time_per_rule(tmp_path / "logs", tmp_path / "b")["peak_memory_mb"].item() == 512.5


def test_markdown_tables_keep_escaped_pipes_and_notes():
    parsed = parse_table("**T**\n\n| a | b |\n|---|---|\n| x\\|y | −0.5 |\n\n- first\n- second\n")
    assert parsed.title == "T"
    assert "<th scope='row'>x|y</th><td class='number'>−0.5</td>" in parsed.html
    assert parsed.notes == ["first", "second"]
    assert parsed.rows == 1


def test_captions_are_found_by_the_longest_beginning():
    assert caption("figure-07-phantom-errors", TEMPLATE.parent).startswith("Absolute errors")
    assert "*" not in caption("figure-10-answer", TEMPLATE.parent)
    assert caption("figure-99-new", TEMPLATE.parent) == "Figure 99 new"


@pytest.mark.parametrize("origins", [{"synthetic"}, {"measured"}, set()])
def test_methods_text_comes_from_the_config(origins):
    config = {}
    for name in ("config", "sequence"):
        config |= yaml.safe_load((REPOSITORY / "config" / f"{name}.yaml").read_text())
    text = " ".join(part for _, part in methods_text(config, {"jax": "1"}, origins))
    assert "echo time 68 ms" in text
    assert ("SYNTHETIC" in text) == ("synthetic" in origins)
    assert f"Random seed {config['seed']}" in text
