"""The one table in which networks and fits meet: write its rows, read it, join its parts, refuse what cannot be judged.

Names are words: an item called `007` is `007` in every table that is read here. A row stands for a fit, for one of the copies
of a network, or for their ensemble.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.errors import InputError
from mrsgap.core.files import write_table
from mrsgap.core.names import ITEM, MEASURED, METABOLITE, OK, ORIGINS, QUANTITY_COLUMNS, STATUSES, UNANSWERED

NUMBERS = ("estimate", "sd", "crlb", "truth")
WORDS = tuple(name for name in QUANTITY_COLUMNS if name not in NUMBERS)
METHOD_KEYS = ["method", "basis", "training_set"]  # what a method is
RELATIVE = "relative"  # unit of amplitudes in units of the basis: only ratios within an item mean anything
MEMBER_KEYS = ["fold", "seed"]  # which of its trained copies; empty for a fit and for an ensemble
SPECTRUM_KEYS = [*METHOD_KEYS, *MEMBER_KEYS, "dataset", "item"]  # one answer of one method about one spectrum
# Columns of this table and of the tables made from it that hold words, whatever they look like.
NAMES = (*WORDS, "label", "member", "norm", "note", "better", "worse", "reference", "other", "covariate")


def complete_rows(cells, spectra: xr.Dataset, **words: str) -> pd.DataFrame:
    """`cells` (rows with item, metabolite and what was estimated) with series, origin and truth of `spectra`, as the table.

    `words` give the columns that are the same in every row (method, basis, dataset, ...); words that nobody gives are empty.
    """
    items = texts(spectra[ITEM])
    per_item = pd.DataFrame({ITEM: items})
    for name in ("series", "origin"):
        per_item[name] = texts(spectra[name]) if name in spectra.variables else spectra.attrs.get(name, "")
    table = pd.DataFrame(cells, columns=None if len(cells) else [ITEM, METABOLITE])
    table = table.merge(per_item, on=ITEM, validate="many_to_one")
    if "truth" in spectra:
        truth, names = spectra["truth"].transpose(ITEM, METABOLITE).values, texts(spectra[METABOLITE])
        known = {(item, name): truth[i, j] for i, item in enumerate(items) for j, name in enumerate(names)}
        table["truth"] = [float(known.get(pair, np.nan)) for pair in zip(table[ITEM], table[METABOLITE])]
    blank = {name: "" for name in WORDS if name not in table}
    return table.assign(**(blank | words)).reindex(columns=QUANTITY_COLUMNS)


def write_quantities(path, table: pd.DataFrame, sets: Mapping[str, xr.Dataset], methods: Iterable[str]) -> None:
    """Write the rows of `methods` on the data `sets` (by name) to the CSV file `path`: every item in, every item out.

    Every producer of quantities writes through here. Raises `InputError` and writes nothing where rows are lost or mute; see
    `check_every_item`.
    """
    items = {name: texts(spectra[ITEM]) for name, spectra in sets.items()}
    write_table(path, check_every_item(table, items, methods, where=str(path)))


def check_every_item(table: pd.DataFrame, items: Mapping[str, Sequence[str]], methods: Iterable[str], where: str):
    """Return `table` if every method answers for every item of every data set, each metabolite once, by a number or a reason.

    `items` holds the items of each data set. A method that cannot answer for an item says so in a row. That it says nothing is
    a fault of the program, never of the data, and no statistic would notice it.
    """
    for dataset, expected in items.items():
        here = table[table["dataset"] == dataset]
        silent = sorted(set(methods) - set(here["method"])) if len(expected) else []
        wrong = {method: list(expected) for method in silent}
        for (method, *_), part in here.groupby([*METHOD_KEYS, *MEMBER_KEYS], sort=False, dropna=False):
            given = Counter(zip(part[ITEM], part[METABOLITE]))
            wanted = Counter((item, name) for item in expected for name in part[METABOLITE].unique())
            differ = dict.fromkeys(item for item, _ in (wanted - given) + (given - wanted))
            wrong |= {method: list(differ)} if differ else {}
        for method, differ in wrong.items():
            raise InputError(
                f"{method} does not answer for each of the {len(expected)} items of {dataset} once: {len(differ)} differ, "
                f"the first is `{differ[0]}`",
                where=where,
                cure="This is a fault of the program, not of the data: please report it with the log of this rule",
            )
    mute = ~np.isfinite(table["estimate"].astype(float)) & (table["reason"].fillna("") == "")
    _refuse(mute, table, "reason", "must say why there is no number", where)
    return table


def texts(variable) -> list[str]:
    """Values of a coordinate as plain strings, whatever type the store gave them."""
    return [str(value) for value in variable.values]


def read_quantities(path) -> pd.DataFrame:
    """Read one part of the quantities table; empty words are empty strings, absent numbers NaN.

    `InputError` names the file and what is wrong with it: missing columns, a word where a number belongs, an unknown status
    or origin, a number that failed, two rows that answer the same question.
    """
    try:
        empty = {name: ["", "nan"] for name in NUMBERS}
        table = pd.read_csv(path, dtype=dict.fromkeys(WORDS, str), keep_default_na=False, na_values=empty)
    except FileNotFoundError as error:
        raise InputError(f"no quantities at `{path}`", cure="Run the rule that makes it") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise InputError(f"`{path}` is not a CSV table: {error}", cure="Delete it and run again") from error
    missing = [name for name in QUANTITY_COLUMNS if name not in table]
    if missing:
        raise InputError(
            f"column `{missing[0]}` is missing", where=str(path), cure=f"Columns are: {', '.join(QUANTITY_COLUMNS)}"
        )
    return check_quantities(table[list(QUANTITY_COLUMNS)], str(path))


def read_table(path) -> pd.DataFrame:
    """A table made from quantities as it was written: `NAMES` are words (an absent one is empty), absent numbers NaN."""
    numbers = [name for name in pd.read_csv(path, nrows=0).columns if name not in NAMES]
    absent = {name: ["", "nan"] for name in numbers}  # and of no word: an item may be called NA
    table = pd.read_csv(path, dtype=dict.fromkeys(NAMES, str), keep_default_na=False, na_values=absent)
    return table.assign(oracle=table["oracle"].astype(bool)) if "oracle" in table else table


def check_quantities(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return `table` with numeric columns as numbers; raise `InputError` at the first row that breaks the contract."""
    table = table.copy()
    for name in NUMBERS:
        try:
            table[name] = pd.to_numeric(table[name]).astype(float)
        except (ValueError, TypeError) as error:
            raise InputError(f"column `{name}` holds something that is no number: {error}", where=where) from error
    _refuse(~table["status"].isin(STATUSES), table, "status", f"must be one of {', '.join(STATUSES)}", where)
    _refuse(~table["origin"].isin(ORIGINS), table, "origin", f"must be one of {', '.join(ORIGINS)}", where)
    finite, unanswered = np.isfinite(table["estimate"]), table["status"].isin(UNANSWERED)
    which = " or ".join(UNANSWERED)
    _refuse(unanswered & finite, table, "estimate", f"must be empty where the status is {which}", where)
    _refuse(~unanswered & ~finite, table, "estimate", f"must be a finite number unless the status is {which}", where)
    _refuse((table["status"] != OK) & (table["reason"] == ""), table, "reason", "must say why the status is not ok", where)
    _refuse(table["truth"] < 0, table, "truth", "must be >= 0", where)
    _refuse(table["item"] == "", table, "item", "must not be empty", where)
    twice = table.duplicated([*SPECTRUM_KEYS, "metabolite"])
    _refuse(twice, table, "metabolite", "stands twice for the same method, copy, data set and item", where)
    return table


def gather_quantities(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Join the parts in a fixed order; a row that stands in two parts is an `InputError`."""
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=float if name in NUMBERS else str) for name in QUANTITY_COLUMNS})
    whole = check_quantities(pd.concat(parts, ignore_index=True), "the parts of quantities.csv together")
    return whole.sort_values(
        [*METHOD_KEYS, *MEMBER_KEYS, "dataset", "series", "item", "metabolite"], kind="stable", ignore_index=True
    )


def _refuse(wrong, table, column, rule, where):
    if wrong.any():
        row = table[wrong].iloc[0]
        at = f"{row['method']}, {row['dataset']}, item {row['item']}, {row['metabolite']}"
        raise InputError(f"`{column}` {rule}, but is {row[column]!r} for {at}", where=where, cure="Run its rule again")


FIT, COPY, ENSEMBLE = "fit", "copy", "ensemble"
ANSWER_KEYS = [*METHOD_KEYS, "dataset", "origin", "series", "item"]  # what a method says of a spectrum, copies aside
LABEL_KEYS = [*METHOD_KEYS, "member"]
ORACLE = " (oracle basis)"  # a fit with the very basis that made the data: what no method on measured data can have


def add_labels(table: pd.DataFrame, generating: dict[str, str] | None = None) -> pd.DataFrame:
    """Add `member` (fit, copy, ensemble) and `label`, the shortest name that tells the methods of this table apart.

    Rows without fold and seed are a fit, or the ensemble of a method that also has rows with a fold or a seed. The label is
    the method's name, and names its training set and its basis only where the same method occurs with several. `generating`
    maps a simulated or synthetic data set to the basis that made it: a fit with that basis is marked as an oracle.
    """
    is_copy = (table[MEMBER_KEYS] != "").any(axis=1)
    has_copies = is_copy.groupby([table[key] for key in METHOD_KEYS]).transform("any") if len(table) else is_copy
    member = pd.Series(FIT, index=table.index).mask(has_copies, ENSEMBLE).mask(is_copy, COPY)
    label = table["method"].astype(str)
    for key in ("training_set", "basis"):
        several = table.groupby("method")[key].transform("nunique") > 1 if len(table) else is_copy
        label = label.where(~several | (table[key] == ""), label + " · " + table[key])
    label = label.where(member != ENSEMBLE, label + " (ensemble)")
    own_basis = table["basis"] == table["dataset"].map(generating or {})
    oracle = own_basis & (table["basis"] != "") & (member == FIT) & (table["origin"] != MEASURED)
    return table.assign(member=member, label=label.where(~oracle, label + ORACLE), oracle=oracle)


def pick(table: pd.DataFrame, method: str, training_set: str, basis: str) -> pd.DataFrame:
    """Rows of one method as single answers (a fit, or a network's copies), never of an ensemble.

    A fit has no training set, so `training_set` binds networks only; `basis` decides between fits with several bases.
    """
    mine = table[(table["method"] == method) & (table["member"] != ENSEMBLE) & table["training_set"].isin(["", training_set])]
    return mine[mine["basis"] == basis] if mine.loc[mine["member"] == FIT, "basis"].nunique() > 1 else mine


def answers_only(quantities: pd.DataFrame) -> pd.DataFrame:
    """One row per method, item and metabolite: a network's ensemble rows where it has them, never its single copies.

    A network that was trained once has no ensemble; its one copy answers, without `sd`. Raises `ValueError` for several copies
    without an ensemble, which whoever applies a network writes beside them (`learn.quantities.quantify`).
    """
    copies = (quantities[MEMBER_KEYS] != "").any(axis=1)
    keys = [*ANSWER_KEYS, "metabolite"]
    whole = quantities[~copies]
    known = set(map(tuple, whole[["method", "training_set", "dataset"]].drop_duplicates().to_numpy()))
    single = quantities[copies]
    named = list(map(tuple, single[["method", "training_set", "dataset"]].to_numpy()))
    single = single[[name not in known for name in named]]
    if single.duplicated(keys).any():
        raise ValueError(f"{single['method'].iloc[0]} has several copies but no ensemble")
    return pd.concat([whole, single.assign(sd=np.nan, fold="", seed="")], ignore_index=True)
