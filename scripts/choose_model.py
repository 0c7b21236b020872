"""Choose the best configuration of one study, with its evidence."""

from collections.abc import Mapping, Sequence

from mrsgap.core.files import write_json, write_table
from mrsgap.core.job import job, log
from mrsgap.select.ranking import choice, rank
from mrsgap.select.study import read_study
from mrsgap.select.trials import read_scores


def main(
    scores: Sequence[str], encoder: Sequence[str], hyper: str, ranking: str, all_scores: str, *, study: str, settings: Mapping
) -> None:
    """Rank the trials in `scores` (CSV, one for each part of a round); write `hyper` (JSON), `ranking` and `all_scores` (CSV).

    `settings` are the study's; `encoder` holds the choice (JSON) that lends it an encoder, if there is one.
    """
    described = read_study(study, settings, encoder)
    rows = read_scores(scores)
    ranked = rank(rows, described.space)
    best = described.settings(int(ranked["configuration"].iloc[0]))
    chosen = choice(study, ranked, best, list(described.space.names(0)))
    write_json(hyper, chosen)
    write_table(ranking, ranked)
    write_table(all_scores, rows)
    log.info(
        "%s: %s, MAE %.5f over %d folds, %d trials", study, chosen["options"], chosen["mae_mean"], chosen["folds"], len(ranked)
    )
    for row in rows[rows["status"] == "failed"].itertuples():
        log.warning("trial %d failed: %s", row.trial, row.reason)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        files, made = snakemake.input, snakemake.output
        main(
            files.scores,
            files.encoder,
            made.choice,
            made.ranking,
            made.scores,
            study=snakemake.wildcards.study,
            settings=snakemake.params.settings,
        )
