"""Propose the trials of one round from the scores of the rounds before it."""

from collections.abc import Mapping, Sequence

import jax

from mrsgap.core.files import write_json
from mrsgap.core.job import job, log
from mrsgap.select.search import searcher
from mrsgap.select.study import read_study
from mrsgap.select.trials import outcomes, propose_round, read_scores


def main(
    scores: Sequence[str],
    encoder: Sequence[str],
    trials: str,
    *,
    study: str,
    settings: Mapping,
    first: int,
    count: int,
    seed: int,
) -> None:
    """Write `count` trials of `study`, numbered from `first`, to `trials` (JSON), from all `scores` (CSV) so far.

    `settings` are the study's; `encoder` holds the choice (JSON) that lends it an encoder, if there is one.
    """
    described = read_study(study, settings, encoder)
    search = searcher(described, settings, seed)
    known = outcomes(read_scores(scores))
    for configuration, objective in known:
        search.tell(configuration, objective)
    proposed = propose_round(search, described.space.names, described.settings, first, count)
    write_json(trials, proposed)
    log.info("%d configurations, %d tried, backend %s", described.space.size, len(known), settings["backend"])
    for trial in proposed:
        log.info("trial %d by %s: %s", trial["trial"], trial["strategy"], trial["options"])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        jax.config.update("jax_enable_x64", True)
        files, given = snakemake.input, snakemake.params
        main(
            files.scores,
            files.encoder,
            snakemake.output.trials,
            study=snakemake.wildcards.study,
            settings=given.settings,
            first=given.first,
            count=given.trials,
            seed=given.seed,
        )
