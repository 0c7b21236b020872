'''Networks: one architecture per file behind one registry, all with the same way in and out.

In: (batch, channel, bin) float32 from `spectra.window`. Out: `Output`, concentrations (batch, metabolite) and, where the
network has one, the reconstruction (batch, channel, bin). `key` is None in evaluation and a JAX key in training. A new
architecture is one file and one line in `registry.ARCHITECTURES`:

    class Linear(nnx.Module):
        """Concentrations as one linear map of all bins."""

        convolutional = False  # whether it convolves: `learn` then picks its loop on a CPU
        quantifies = True  # whether it gives concentrations
        head = ("out",)  # layers kept in float32 when the rest is trained in lower precision

        def __init__(self, inputs: Inputs, rngs: nnx.Rngs, *, use_bias=True):  # keyword arguments are its hyper-parameters
            self.out = dense(len(inputs.channels) * inputs.points, len(inputs.metabolites), rngs, use_bias)

        def __call__(self, x, key=None) -> Output:
            return Output(self.out(x.reshape(x.shape[0], -1)))
'''
