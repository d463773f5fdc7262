"""Commands of the documentation do what the pages say."""

import os
from pathlib import Path

import pytest
from checkouts import REPOSITORY, copy_checkout

from .documented_page import blocks_of, run_blocks


def run_page(tmp_path: Path, page: Path, section: str = "") -> Path:
    """Run a page of the repository in a copy of it."""
    checkout = copy_checkout(tmp_path / "checkout")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    run_blocks(blocks_of(page, section), checkout.folder, checkout.environment, scratch)
    return checkout.folder


@pytest.mark.slow
def test_the_tutorial_of_contact_maps(tmp_path: Path) -> None:
    run_page(tmp_path, REPOSITORY / "docs/tutorial_hic.md")


def test_the_regulariser_on_any_model(tmp_path: Path) -> None:
    run_page(tmp_path, REPOSITORY / "docs/hic.md", "The regulariser, on any model")


def test_the_selective_scan(tmp_path: Path) -> None:
    run_page(tmp_path, REPOSITORY / "docs/segmentation.md", "Selective scan")


def run_text(tmp_path: Path, text: str) -> Path:
    """Run a page with the given text in an empty folder."""
    page, folder, scratch = (tmp_path / name for name in ("page.md", "folder", "scratch"))
    page.write_text(text)
    folder.mkdir()
    scratch.mkdir()
    run_blocks(blocks_of(page), folder, os.environ, scratch)
    return folder


def test_blocks_run_in_order_and_share_files_and_a_session(tmp_path: Path) -> None:
    page = """# Page

    Save this as `new/settings.yaml`:

    ```yaml
    width: 3
    ```

    ```python
    from pathlib import Path

    text = Path("new/settings.yaml").read_text()
    ```

    ```sh
    echo "height: 4" >> new/settings.yaml
    ```

    ```python
    print(text + Path("new/settings.yaml").read_text(), end="")
    ```

    ```text
    width: 3
    width: 3
    height: ...
    ```
    """
    folder = run_text(tmp_path, page.replace("\n    ", "\n"))
    assert (folder / "new/settings.yaml").read_text() == "width: 3\nheight: 4\n"


BAD = {
    "a command that fails": ("sh", "ls nowhere\necho after", "cannot access 'nowhere'"),
    "Python that fails": ("python", "x = 1\nx.y", 'page.md", line 5, in <module>\n    x.y\n'),
    "another output": ("text", "something", "Expected:\n    something\nGot nothing"),
    "a file without a name": ("yaml", "a: 1", "below the name of a file"),
    "an unknown language": ("toml", "a = 1", "expected sh, python, text"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_block_that_fails_is_named_by_its_line(name: str, tmp_path: Path) -> None:
    language, text, reason = BAD[name]
    with pytest.raises(AssertionError) as error:
        run_text(tmp_path, f"# Page\n\n```{language}\n{text}\n```\n\n```sh\ntouch later\n```\n")
    assert str(error.value).startswith(f"page.md:4: {language}: ")
    assert reason in str(error.value)
    assert not (tmp_path / "folder/later").exists()


def test_a_page_without_blocks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="found none"):
        run_text(tmp_path, "# Page\n")


def test_a_section_has_its_own_blocks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("\n".join(f"## {name}\n\n```sh\necho {name}\n```\n" for name in "abc"))
    for name, line in (("b", 10), ("c", 16)):
        (block,) = blocks_of(page, name)
        assert (block.line, block.text) == (line, f"echo {name}\n")
