"""Write config/README.md from the schema and the defaults (`make docs`); run by hand, not by a rule."""

from pathlib import Path

import yaml

from mrsgap.core.files import write_text
from mrsgap.core.settings import settings_document

CONFIG = Path(__file__).resolve().parent.parent / "config"


def main(folder: Path, page: Path) -> None:
    """Write `page` (Markdown) from the schema and the defaults in `folder`."""
    defaults = {}
    for name in ("config.yaml", "sequence.yaml"):
        defaults |= yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    schema = yaml.safe_load((folder / "schema.yaml").read_text(encoding="utf-8"))
    write_text(page, settings_document(schema, defaults))


if __name__ == "__main__":
    main(CONFIG, CONFIG / "README.md")
