"""Clean the test maps of one part of a dataset with one fitted model."""

from pathlib import Path

from spectralmaps.hic.cleaned_maps import cleaned_band
from spectralmaps.hic.data import load_bands, save_bands
from spectralmaps.hic.predictors import load_predictor
from spectralmaps.logs import log_to


def main(path_to_model: Path, path_to_inputs: Path, path_to_prediction: Path) -> None:
    """Write the cleaned maps, in the depth and with the weights of the input.

    Parameters
    ----------
    path_to_model
        Fitted model.
    path_to_inputs
        Input maps of ``save_bands``.
    path_to_prediction
        Cleaned maps in the same form.
    """
    predictor = load_predictor(path_to_model)
    cleaned = [cleaned_band(predictor, band) for band in load_bands(path_to_inputs)]
    save_bands(path_to_prediction, cleaned)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_model=Path(snakemake.input.model),
            path_to_inputs=Path(snakemake.input.inputs),
            path_to_prediction=Path(snakemake.output.prediction),
        )
