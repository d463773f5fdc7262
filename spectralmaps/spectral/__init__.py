"""The one home of Fourier and cosine transforms, band gains and losses over bands.

Five conventions hold in every function of this package:

1. **Frequency unit: fraction of axis Nyquist.** 0 is constant, 1 is Nyquist along an axis (one
   cycle in two pixels), the corner of the plane is sqrt 2. At one pixel spacing a number means
   the same physical scale for Fourier and cosine transforms and for any image size. Physical
   cutoffs are converted at the border by ``grids.nyquist_fraction``.
2. **Transforms are orthonormal** and act on the last two axes. So Parseval's theorem holds, a
   loss over a band has the unit of a spatial mean squared error, and settings carry over between
   image sizes.
3. **Half-plane weights are applied here.** Real images are transformed to the half plane of
   ``width // 2 + 1`` columns; sums and means over it count each coefficient as often as it
   stands in the full plane. Callers never average a half plane themselves.
4. **Grids are in transform order**; nothing is shifted except in a plot.
5. **A band is a gain in [0, 1] on a grid**: hard, raised cosine or ramp. A gain for the Fourier
   transform lives on the half plane, a gain for the cosine transform on its square grid. Low,
   band and high gains sum to one, and a low gain whose cutoff is the corner is one everywhere.

Transforms compute in float32 at least, also under autocast; float64 stays float64.
"""
