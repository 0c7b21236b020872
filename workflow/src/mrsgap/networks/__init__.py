'''Networks: one architecture per file behind one registry, all with the same way in and out.

In: (batch, channel, bin) float32 from `spectra.window`. Out: `Output`, concentrations (batch, metabolite) and, where the
network has one, the reconstruction (batch, channel, bin). `key` is None in evaluation and a JAX key in training. A new
architecture is one file, one line in `registry.ARCHITECTURES` and one in `traits.TRAITS`, `"linear": Traits(("use_bias",))`:

    class Linear(nnx.Module):
        """Concentrations as one linear map of all bins."""

        def __init__(self, inputs: Inputs, rngs: nnx.Rngs, *, use_bias=True):  # keyword arguments are its hyper-parameters
            self.out = dense(len(inputs.channels) * inputs.points, len(inputs.metabolites), rngs, use_bias)

        def __call__(self, x, key=None) -> Output:
            return Output(self.out(x.reshape(x.shape[0], -1)))
'''
