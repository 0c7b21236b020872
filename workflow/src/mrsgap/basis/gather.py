"""Join the simulated metabolites of a basis into its one store."""

import numpy as np
import xarray as xr

from mrsgap.core.errors import InputError
from mrsgap.core.names import EDIT, EDIT_STATES, METABOLITE, TIME


def as_dataset(name: str, simulated, plan) -> xr.Dataset:
    """One metabolite (`simulate.Simulated` under its `BasisPlan`) as a data set: `fid` complex64 (metabolite, edit, time)."""
    acquisition = plan.acquisition
    return xr.Dataset(
        {
            "fid": ((METABOLITE, EDIT, TIME), simulated.fid[None].astype(np.complex64)),
            "positions": ((METABOLITE,), [simulated.positions], {"long_name": "grid positions per axis"}),
            "grid_change": ((METABOLITE,), [simulated.change], {"long_name": "change at the last refinement"}),
        },
        coords={METABOLITE: [name], EDIT: list(EDIT_STATES), TIME: (TIME, acquisition.time_s, {"units": "s"})},
        attrs={**acquisition.as_attributes(), "echo_time_s": plan.sequence.echo_time_s, "edit_off_ppm": plan.edit_ppm[0],
               "edit_on_ppm": plan.edit_ppm[1], "gradient_hz_per_cm": plan.gradient_hz_per_cm},
    )  # fmt: skip


def gather(parts: list[xr.Dataset]) -> xr.Dataset:
    """Stack data sets along `metabolite`, in the order given; `InputError` where their acquisitions differ."""
    first = parts[0]
    for part in parts[1:]:
        for key in ("larmor_mhz", "carrier_ppm", "spectral_width_hz", "points"):
            if part.attrs[key] != first.attrs[key]:
                names = f"{part[METABOLITE].values[0]} but {first.attrs[key]} for {first[METABOLITE].values[0]}"
                raise InputError(f"`{key}` is {part.attrs[key]} for {names}", cure="Delete the basis folder and run again")
    return xr.concat(parts, dim=METABOLITE, data_vars="minimal", coords="minimal", combine_attrs="drop_conflicts")
