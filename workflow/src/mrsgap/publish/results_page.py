"""A finished run as it is published in docs/results: what it found, on what it rests, and the headline in the README.

Everything is read from a results folder; no number is typed. `publish_run` takes one run over, `write_index` lists all that
were published, the largest first, and `headline` is the part of the README between its two marks.
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from PIL import Image

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_json, write_table, write_text, written_whole
from mrsgap.publish.evidence import STUDY_METHODS, read_evidence, reasons_for_absence
from mrsgap.publish.report import answer_context, caption, devices, ranking, time_per_rule
from mrsgap.publish.reproduction import HOLDS, VERDICTS
from mrsgap.quantities.table import read_quantities, read_table
from mrsgap.show.printed import SYNTHETIC_NOTE, interval, parse_table, with_uncertainty

RECORD, ANSWER, VERDICT_TABLE = "run.json", "answer.csv", "reproduction.csv"
DIFFERENCES = "statistics/paired-differences.csv"
COPIED = (VERDICT_TABLE, DIFFERENCES, "statistics/errors.csv", "statistics/agreement.csv", "statistics/tests.csv",
          "statistics/training-set-distances.csv")  # fmt: skip
FIRST_TABLES = ("table-09-simulation", "table-12-overall-fixed", "table-13-overall-augmented", "table-10-paired-tests")
# Pictures of results; those of settings (bases, pulses, the network) are in any run's report.
PICTURES = ("figure-03", "figure-04", "figure-05", "figure-06", "figure-07", "figure-08", "figure-09", "figure-10", "figure-11",
            "figure-12", "figure-learning", "figure-fit")  # fmt: skip
COLOURS = 128  # of a published picture: a third of the bytes, and no difference to the eye
BEGIN, END = "<!-- results: begin (made by `make publish`) -->", "<!-- results: end -->"
NONE_YET = "No run has been published yet: `make publish SCALE=workstation` takes over a finished one."
AGREEING = VERDICTS[: VERDICTS.index(HOLDS) + 1]


def commit(folder) -> str:
    """The commit that is checked out at `folder`, `with local changes` where files differ from it; `unknown` without git."""
    try:
        asked = [["git", "rev-parse", "--short=12", "HEAD"], ["git", "status", "--porcelain", "--untracked-files=no"]]
        name, changes = (
            subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout for words in asked
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.strip() + (" with local changes" if changes.strip() else "")


def config_digest(config: Mapping) -> str:
    """Twelve hexadecimal digits over every setting."""
    return hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()[:12]


def run_record(config: Mapping, made_at: str) -> dict:
    """What a run leaves behind (results/<scale>/run.json) so that it can be published: its whole config, and its commit."""
    return {"commit": made_at, "config_digest": config_digest(config), "config": json.loads(json.dumps(config, default=str))}


def publish_run(results, folder, captions) -> dict:
    """Take the finished run in `results` over into `folder`: page, tables, pictures, verdicts; the run's facts are returned.

    What stood in `folder` goes. `captions` is the folder of the captions. `InputError` where the run is not finished.
    """
    results = Path(results)
    for name in (RECORD, VERDICT_TABLE, "quantities.csv", "statistics/errors.csv", DIFFERENCES, "report.html"):
        if not (results / name).is_file():
            raise InputError(f"`{results}` holds no finished run: `{name}` is missing", cure="Finish it with snakemake first")
    record = json.loads((results / RECORD).read_text(encoding="utf-8"))
    settings = record["config"]["statistics"]
    evidence = read_evidence(results / "statistics" / "errors.csv", None, None, settings["phantoms"])
    absent = reasons_for_absence(read_quantities(results / "quantities.csv"), settings)
    answer = answer_context(evidence, settings | {"absent": absent}, read_table(results / DIFFERENCES))
    facts = _facts(record, results, answer)
    rows = evidence.methods(settings, settings["training_sets"]["fixed"], STUDY_METHODS)
    ranked = [ranking(rows, metabolite).assign(metabolite=metabolite) for metabolite in ("Overall", *settings["overall"])]
    with written_whole(folder) as partial:
        partial.mkdir()
        write_json(partial / RECORD, facts)
        write_table(partial / ANSWER, pd.concat(ranked, ignore_index=True))
        for name in COPIED:
            if (results / name).is_file():
                shutil.copyfile(results / name, partial / Path(name).name)
        tables = sorted(path for kind in ("csv", "md") for path in (results / "tables").glob(f"*.{kind}"))
        (partial / "tables").mkdir()
        for path in tables:
            shutil.copyfile(path, partial / "tables" / path.name)
        (partial / "figures").mkdir()
        pictures = [path for path in sorted((results / "figures").glob("*.png")) if path.name.startswith(PICTURES)]
        for path in pictures:
            Image.open(path).convert("RGB").quantize(COLOURS).save(partial / "figures" / path.name, optimize=True)
        write_text(
            partial / "README.md",
            _page(facts, answer, partial, [(path.stem, caption(path.stem, captions)) for path in pictures]),
        )
    return facts


def published_runs(folder) -> list[tuple[str, dict]]:
    """Name and facts of every published run, the one with most training spectra first."""
    found = [
        (path.parent.name, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(Path(folder).glob(f"*/{RECORD}"))
    ]
    return sorted(found, key=lambda run: (-run[1]["training_spectra"], -run[1]["job_hours"]))


def write_index(folder) -> None:
    """Write the list of published runs, `README.md` in `folder`."""
    told = "Made by `make publish SCALE=<scale>` from finished runs, never by hand."
    heads = ["scale", "training spectra", "judged on", "verdicts that agree", "job hours", "device", "commit"]
    lines = ["# Results of the largest runs so far", "", told, "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name, facts in published_runs(folder):
        counts, hours, where = facts["verdicts"], f"{facts['job_hours']:.2f}", ", ".join(facts["devices"])
        agree = f"{sum(counts.get(word, 0) for word in AGREEING)} of {sum(counts.values())}"
        spectra = f"{facts['training_spectra']:,} | {facts['judged_on']}"
        lines.append(f"| [{name}]({name}/README.md) | {spectra} | {agree} | {hours} | {where} | {facts['commit']} |")
    write_text(Path(folder) / "README.md", "\n".join([*lines, ""]))


def headline(folder) -> str:
    """What the README says of the largest published run, from its files alone; Markdown."""
    runs = published_runs(folder)
    if not runs:
        return NONE_YET
    name, facts = runs[0]
    answer = pd.read_csv(Path(folder) / name / ANSWER)
    counts = pd.read_csv(Path(folder) / name / VERDICT_TABLE)["verdict"].value_counts()
    shown = answer["group"].isin(["study", "own"]) | (answer["name"] == "constant (test mean)")
    overall = answer[shown & (answer["metabolite"] == "Overall")]
    gaba = answer[answer["metabolite"] == "GABA"].set_index("name")
    size = f"scale `{name}`, {facts['training_spectra']:,} training spectra, judged on {facts['judged_on']}"
    cost = f"{facts['job_hours']:.2f} job hours on {', '.join(facts['devices'])}"
    lines = [f"**[Results of the largest run so far](docs/results/README.md)**: {size}; {cost}.", "",
             "| method | mean absolute error | GABA |", "|---|---|---|"]  # fmt: skip
    for row in overall.itertuples():
        other = _number(gaba.loc[row.name]) if row.name in gaba.index else "–"
        lines.append(f"| {row.name} | {_number(row._asdict())} | {other} |")
    told = ", ".join(f"{counts[word]} *{word}*" for word in VERDICTS if word in counts)
    return "\n".join([*lines, "", f"Of {counts.sum()} printed statements: {told}."])


def with_headline(text: str, told: str) -> str:
    """The README's `text` with `told` between its two marks; `InputError` where it has none."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise InputError("the README lacks the marks between which results stand", cure=f"Put `{BEGIN}` and `{END}` back")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n{told}\n{END}{after}"


def _facts(record: Mapping, results: Path, answer: Mapping) -> dict:
    config = record["config"]
    training, validation = config["statistics"]["training_sets"]["fixed"], config["statistics"]["validation"]
    networks = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((results / "models").glob("*/*/model.json"))]
    seeds = {}
    for network in networks:
        named = f"{network['method']} on {network['training_set']}"
        seeds[named] = seeds.get(named, 0) + len(network["runs"])
    processors = {json.loads(network["provenance"])["device"] for network in networks if "provenance" in network}
    verdicts = pd.read_csv(results / VERDICT_TABLE)["verdict"].value_counts()
    origin = "SYNTHETIC stand-ins, not measurements" if answer["synthetic"] else "measured"
    return {
        "scale": config["scale"], "commit": record["commit"], "config_digest": record["config_digest"], "seed": config["seed"],
        "networks": seeds, "training_spectra": config["datasets"][training]["items"],
        "test_spectra": config["datasets"][validation]["items"], "judged_on": f"{answer['spectra']} ({origin})",
        "synthetic": answer["synthetic"], "devices": sorted(processors) or devices(results / "logs"),
        "job_hours": round(float(time_per_rule(results / "logs", results / "benchmarks")["seconds"].sum()) / 3600, 4),
        "verdicts": {word: int(count) for word, count in verdicts.items()},
    }  # fmt: skip


def _page(facts: Mapping, answer: Mapping, folder: Path, pictures: list[tuple[str, str]]) -> str:
    networks = "; ".join(f"{name}: {count}" for name, count in facts["networks"].items()) or "none"
    rows = {"training spectra": f"{facts['training_spectra']:,}", "held-out simulated spectra": f"{facts['test_spectra']:,}",
            "judged on": facts["judged_on"], "networks trained": networks, "seed": facts["seed"],
            "config digest": facts["config_digest"], "commit": facts["commit"], "device": ", ".join(facts["devices"]),
            "job hours": f"{facts['job_hours']:.2f}"}  # fmt: skip
    lines = [f"# Results at the scale `{facts['scale']}`", "", *([f"**{SYNTHETIC_NOTE}**", ""] if facts["synthetic"] else [])]
    lines += ["| what | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items()), ""]
    lines += ["## Answer", "", *(f"- {sentence}" for sentence in answer["sentences"]), ""]
    counts = [f"- {facts['verdicts'][word]} {word}" for word in VERDICTS if word in facts["verdicts"]]
    whole = f"Row by row: [{VERDICT_TABLE}]({VERDICT_TABLE}), [as a table](tables/table-reproduction.md)."
    lines += ["## Verdicts on the printed numbers", "", *counts, "", whole, "", "## Tables", ""]
    for path in sorted((folder / "tables").glob("*.md")):
        if path.stem in FIRST_TABLES:
            lines += [path.read_text(encoding="utf-8").rstrip(), ""]
    others = [path for path in sorted((folder / "tables").glob("*.md")) if path.stem not in FIRST_TABLES]
    lines += [
        "Further tables: " + ", ".join(f"[{_title(path)}](tables/{path.name})" for path in others) + ".",
        "",
        "## Figures",
        "",
    ]
    for name, said in pictures:
        lines += [f"![{name}](figures/{name}.png)", "", said, ""]
    return "\n".join(lines)


def _title(path: Path) -> str:
    return parse_table(path.read_text(encoding="utf-8")).title or path.stem


def _number(row) -> str:
    """MAE with its interval, as many digits as its uncertainty allows."""
    return f"{with_uncertainty(row['mae'], row['sem']).split(' ')[0]} {interval(row['low'], row['high'], row['sem'])}".strip()
