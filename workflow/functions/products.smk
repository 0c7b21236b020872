# Files that a reader opens; `snakemake --report` shows what is marked here.

from mrsgap.core.captions import caption_file


def figure_outputs(name):
    """Both files of a picture."""
    caption = caption_file(name, ROOT / "workflow" / "report")
    picture = report(f"{RESULTS}/figures/{name}.png", caption=str(caption), category="Figures", labels={"figure": name})
    return {"pdf": f"{RESULTS}/figures/{name}.pdf", "png": picture}


def table_outputs(name):
    """All files of a table: full precision in CSV, rounded by uncertainty elsewhere."""
    whole = report(f"{RESULTS}/tables/{name}.csv", category="Tables", labels={"table": name})
    return {"csv": whole, **{kind: f"{RESULTS}/tables/{name}.{kind}" for kind in ("md", "tex")}}
