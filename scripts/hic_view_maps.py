"""Write a page on which the maps of the figure can be moved and zoomed."""

from pathlib import Path

import pandas as pd

from spectralmaps.files import atomic_path, check_file
from spectralmaps.hic.map_page import fill_page, page_data
from spectralmaps.logs import log_to


def main(
    path_to_table: Path, path_to_template: Path, path_to_page: Path, title: str, limit_log2: float
) -> None:
    """Put the maps of a figure's table into the page's template."""
    table = pd.read_csv(check_file(path_to_table, "run the rule hic_plot_maps"))
    template = check_file(path_to_template, "restore it from the repository").read_text()
    page = fill_page(template, page_data(table, title, limit_log2))
    with atomic_path(path_to_page) as temporary:
        temporary.write_text(page)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_table=Path(snakemake.input.table),
            path_to_template=Path(snakemake.input.template),
            path_to_page=Path(snakemake.output.page),
            title=f"{snakemake.wildcards.dataset}, {snakemake.params.region}",
            limit_log2=snakemake.params.limit_log2,
        )
