"""A stock of rendered spectra for training: seen several times, with fresh noise every time, and renewed part by part.

Rendering a spectrum costs more than learning from it, and noise costs next to nothing. So spectra are rendered without noise,
each is seen in `passes` epochs, and what is oldest is rendered anew (data echoing; Choi et al., arXiv 1907.05550, 2019). What
is in stock in an epoch depends on the key alone: a resumed training finds it as it was.
"""

import functools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.job import log
from mrsgap.core.names import EDIT_STATES, OFF
from mrsgap.quantities.normalise import normalise_concentrations
from mrsgap.spectra.compact import Compact, compact_noise_sd, compact_spectra, settle
from mrsgap.spectra.imperfections import GAUSSIAN, Recipe
from mrsgap.spectra.mix import Pool
from mrsgap.spectra.render import Examples, draw_compositions, render_items
from mrsgap.spectra.resonances import split_where_drawn
from mrsgap.spectra.window import pick

CHUNK = 64  # items rendered together: their FIDs stay in a processor's cache
CHANNELS = ("off-real", "off-imaginary", "on-real", "on-imaginary")  # in which noise-free spectra are kept
_OFF = EDIT_STATES.index(OFF)


class Stock:
    """Rendered `items` of which one of `passes` equal parts is renewed every epoch, and held-out `examples` behind them.

    `render(key, n)` gives `Examples` without noise (`compact_renderer`); `passes` of 0 keeps the first ones throughout.
    `threads` render side by side.
    """

    def __init__(self, render: Callable, spoil: Callable, key, items: int, passes: int, held_out: Examples, threads: int = 1):
        parts = max(passes, 1)
        if items % (CHUNK * parts):
            raise InputError(f"`items` ({items}) must be a multiple of {CHUNK * parts}", where="config: training",
                             cure=f"{CHUNK} are rendered together, in {parts} parts")  # fmt: skip
        self.render, self.spoil, self.key, self.items, self.passes = render, spoil, key, items, passes
        self.threads, self.size, self.parts = threads, items // parts, parts
        self.made = [-1] * parts  # the epoch for which each part was rendered
        count = items + len(held_out.inputs)
        self.arrays = Examples(*[None if v is None else np.zeros((count, *v.shape[1:]), np.float32) for v in held_out])
        for whole, values in zip(self.arrays, held_out):
            if whole is not None:
                whole[items:] = values

    def at(self, epoch: int) -> Examples:
        """What there is in `epoch` (from 0): the stock, then the held-out examples; on the device."""
        for part in range(self.parts):
            wanted = self._renewed(part, epoch)
            if self.made[part] != wanted:
                self._fill(part, wanted)
        return jax.tree.map(functools.partial(jnp.array, copy=True), self.arrays)

    def _renewed(self, part: int, epoch: int) -> int:
        """The epoch in which a part was rendered last."""
        if not self.passes:
            return 0
        last = epoch - (epoch - part) % self.passes
        return max(last, 0)

    def _fill(self, part: int, epoch: int) -> None:
        begun, key = time.monotonic(), jax.random.fold_in(jax.random.fold_in(self.key, part), epoch)

        def fill(chunk: int) -> None:
            rendered = jax.device_get(self.render(jax.random.fold_in(key, chunk), CHUNK))
            first = part * self.size + chunk * CHUNK
            for whole, values in zip(self.arrays, rendered):
                if whole is not None and values is not None:  # twins are made as spectra are seen
                    whole[first : first + CHUNK] = values

        with ThreadPoolExecutor(self.threads) as workers:
            list(workers.map(fill, range(self.size // CHUNK)))
        self.made[part] = epoch
        seconds = time.monotonic() - begun
        log.info("rendered part %d of %d for epoch %d: %.0f spectra per second", part, self.parts, epoch, self.size / seconds)


def compact_renderer(pool: Pool, recipe: Recipe, concentrations: dict, compact: Compact, normalisation: str) -> Callable:
    """`render(key, n) -> Examples` without noise, in `CHANNELS`, with the SD of the noise that belongs to each.

    They are aligned as their noisy selves would be, so that what the noise does to the alignment is learnt. Raises `InputError`
    for noise that is not white in the spectrum.
    """
    pool = split_where_drawn(pool, [name for name, _ in recipe.laws])
    if recipe.noise_kind != GAUSSIAN or recipe.noise_relative_to != "edit_off":
        raise InputError("noise is added as spectra are seen only where it is gaussian and relative to edit_off",
                         where="config: imperfections.<name>.noise")  # fmt: skip

    @functools.partial(jax.jit, static_argnums=(2,))
    def render(key, fid, n: int) -> Examples:
        keys = jax.random.split(key, n)
        truth = draw_compositions(keys, concentrations, pool.metabolites)
        noisy, clean, draws = render_items(keys, truth, fid, recipe, pool.acquisition, pool.rows)
        spectra = compact_spectra(clean, pool.acquisition, compact, guide=noisy)
        settled = settle(spectra, compact)
        gain = _size(settled) / _size(spectra)
        noise = gain * compact_noise_sd(draws["noise_sd"][:, _OFF], pool.acquisition, compact)
        return Examples(pick(settled, CHANNELS), normalise_concentrations(truth, normalisation, jnp), None, noise)

    fid = jnp.asarray(pool.fid)
    return lambda key, n: render(key, fid, n)


def compact_spoiler(compact: Compact, channels: tuple[str, ...]) -> Callable:
    """`spoil(key, batch) -> Examples`: noise on noise-free spectra in `CHANNELS`, phased and scaled anew, in `channels`.

    The noise-free twin, turned and scaled alike, is what a decoder learns to give.
    """

    def spoil(key, batch: Examples) -> Examples:
        noise = batch.noise_sd[:, None, None] * jax.random.normal(key, batch.inputs.shape, jnp.float32)
        noisy, clean = _spectra(batch.inputs + noise), _spectra(batch.inputs)
        inputs, twin = (pick(settle(values, compact, noisy), channels) for values in (noisy, clean))
        return batch._replace(inputs=inputs, clean=twin, noise_sd=None)

    return spoil


def _spectra(values):
    """Complex spectra (item, edit, bin) of real numbers in `CHANNELS`."""
    return jax.lax.complex(values[:, 0::2], values[:, 1::2])


def _size(spectra):
    off = spectra[:, _OFF]
    return jnp.sqrt(jnp.sum(off.real**2 + off.imag**2, axis=-1))
