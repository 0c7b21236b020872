"""Take a finished run over into docs/results and into the README's headline (`make publish`); run by hand, not by a rule.

python scripts/publish_results.py results/workstation
"""

import sys
from pathlib import Path

from mrsgap.core.files import write_text
from mrsgap.publish.results_page import headline, publish_run, with_headline, write_index

ROOT = Path(__file__).resolve().parent.parent


def main(results: str, root: Path) -> None:
    """Write `root`/docs/results/<scale> from the folder `results`, the list of published runs, and the README's headline."""
    folder, readme = root / "docs" / "results", root / "README.md"
    facts = publish_run(results, folder / Path(results).name, root / "workflow" / "report")
    write_index(folder)
    write_text(readme, with_headline(readme.read_text(encoding="utf-8"), headline(folder)))
    print(f"published {results}: {facts['training_spectra']:,} training spectra, {facts['job_hours']:.2f} job hours")


if __name__ == "__main__":
    main(sys.argv[1], ROOT)
