"""Rules of the package that no single file can show: who imports whom, one home of transforms."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import spectralmaps

PACKAGE = Path(spectralmaps.__file__).parent
REPOSITORY = Path(__file__).parents[2]
FILES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted((REPOSITORY / "scripts").glob("*.py"))

CONVENTIONS = {"errors", "files", "logs", "nifti"}
# Shared package: what it may import beside itself, the conventions and the standard library.
LIBRARIES = {
    "spectral": {"torch", "jaxtyping"},
    "training": {"torch", "safetensors", "tqdm", "tensorboard", "jaxtyping"},
    "plotting": {"matplotlib", "numpy", "jaxtyping"},
    "metrics": {"numpy", "pandas", "jaxtyping"},
}
# Optional libraries, and the only files that import them: losses and their one user.
OPTIONAL = {"jax", "flax"}
JAX_LOSSES, FLAX_PREDICTOR = PACKAGE / "spectral/jax_losses.py", PACKAGE / "hic/flax_predictor.py"
TRANSFORMS = {
    "torch.fft",
    "np.fft",
    "numpy.fft",
    "scipy.fft",
    "scipy.fftpack",
    "jnp.fft",
    "jax.numpy.fft",
    "jax.scipy.fft",
}

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def label(path: Path) -> str:
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)


def imported(module: ast.Module) -> Iterator[str]:
    """Full name of everything imported, at any depth; relative imports start with a dot."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            yield from (f"{source}.{name.name}" for name in node.names)


def parts_used(module: ast.Module) -> set[str]:
    """Files and folders of spectralmaps that are imported."""
    names = (name.split(".") for name in imported(module))
    return {parts[1] for parts in names if parts[0] == "spectralmaps" and len(parts) > 1}


def libraries_used(module: ast.Module) -> set[str]:
    """Third-party packages that are imported."""
    roots = {name.split(".")[0] for name in imported(module)}
    return roots - set(sys.stdlib_module_names) - {"spectralmaps"}


def transforms_used(module: ast.Module) -> list[int]:
    """Lines that import or name the transforms of a library."""
    lines = []
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            found = ast.unparse(node) in TRANSFORMS
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = imported(ast.Module(body=[node], type_ignores=[]))
            found = any(f"{name}.".startswith(f"{home}.") for name in names for home in TRANSFORMS)
        else:
            continue
        if found:
            lines.append(node.lineno)
    return lines


def unsafe_loads(module: ast.Module) -> list[int]:
    """Lines that call torch.load without weights_only=True, or import it by name."""
    lines = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
            safe = any(
                word.arg == "weights_only" and ast.unparse(word.value) == "True"
                for word in node.keywords
            )
            lines += [] if safe else [node.lineno]
        elif isinstance(node, ast.ImportFrom) and node.module == "torch":
            lines += [node.lineno for name in node.names if name.name == "load"]
    return lines


def public(
    body: list[ast.stmt], prefix: str = ""
) -> Iterator[tuple[str, Definition | ast.ClassDef]]:
    """Public functions, classes and methods with their names; special methods count as public."""
    for node in body:
        if not isinstance(node, Definition | ast.ClassDef):
            continue
        special = node.name.startswith("__") and node.name.endswith("__")
        if node.name.startswith("_") and not special:
            continue
        yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from public(node.body, f"{prefix}{node.name}.")


def undocumented(module: ast.Module) -> list[str]:
    """The module and its public definitions without a docstring; a class speaks for its init."""
    definitions = [("module", module), *public(module.body)]
    return [
        name
        for name, node in definitions
        if ast.get_docstring(node) is None and not name.endswith(".__init__")
    ]


def unannotated(module: ast.Module) -> list[str]:
    """Public functions and methods with an argument or a result that has no annotation."""
    missing = []
    for name, node in public(module.body):
        if isinstance(node, ast.ClassDef):
            continue
        arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        arguments += [extra for extra in (node.args.vararg, node.args.kwarg) if extra]
        bound = arguments[:1] if "." in name else []
        own = [item for item in arguments if item not in bound or item.arg not in ("self", "cls")]
        if node.returns is None or any(item.annotation is None for item in own):
            missing.append(name)
    return missing


@pytest.mark.parametrize("path", FILES, ids=label)
def test_imports_stay_within_the_layers(path: Path) -> None:
    module = tree(path)
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    assert not [name for name in imported(module) if name.startswith(".")], "relative import"
    if len(parts) == 1:
        assert parts_used(module) <= CONVENTIONS
    elif parts[0] in LIBRARIES:
        own = set() if parts[0] == "spectral" else CONVENTIONS
        assert parts_used(module) <= own | {parts[0]}
        optional = OPTIONAL if path == JAX_LOSSES else set()
        assert libraries_used(module) <= LIBRARIES[parts[0]] | optional
    else:
        assert parts_used(module) <= CONVENTIONS | set(LIBRARIES) | {parts[0]}


@pytest.mark.parametrize("path", SCRIPTS, ids=label)
def test_script_imports_one_module(path: Path) -> None:
    modules = parts_used(tree(path)) - CONVENTIONS - set(LIBRARIES)
    assert len(modules) <= 1


@pytest.mark.parametrize("path", FILES + SCRIPTS, ids=label)
def test_transforms_live_in_spectral_alone(path: Path) -> None:
    if path.parent != PACKAGE / "spectral":
        assert transforms_used(tree(path)) == []


@pytest.mark.parametrize("path", FILES + SCRIPTS, ids=label)
def test_optional_libraries_are_imported_by_two_files_alone(path: Path) -> None:
    names = set(imported(tree(path)))
    if path not in (JAX_LOSSES, FLAX_PREDICTOR):
        assert not libraries_used(tree(path)) & OPTIONAL
        assert not {name for name in names if "jax_losses" in name.split(".")}


def test_files_of_optional_libraries_are_there() -> None:
    assert {JAX_LOSSES, FLAX_PREDICTOR} <= set(FILES)


@pytest.mark.parametrize("path", FILES + SCRIPTS, ids=label)
def test_weights_are_loaded_as_weights_only(path: Path) -> None:
    assert unsafe_loads(tree(path)) == []


@pytest.mark.parametrize("path", FILES, ids=label)
def test_everything_public_is_documented_and_annotated(path: Path) -> None:
    module = tree(path)
    assert undocumented(module) == []
    assert unannotated(module) == []


def test_the_package_under_test_is_the_checkout() -> None:
    assert PACKAGE == REPOSITORY / "spectralmaps"


def test_files_of_every_shared_package_are_seen() -> None:
    seen = {path.relative_to(PACKAGE).parts[0] for path in FILES}
    assert set(LIBRARIES) <= seen


@pytest.mark.parametrize(
    "code",
    [
        "import torch\nx = torch.fft.rfft(y)",
        "from torch import fft",
        "import torch.fft as f",
        "from torch.fft import rfft",
        "import numpy as np\nnp.fft.fftfreq(3)",
        "from numpy.fft import fft",
        "import scipy.fft",
        "from scipy import fft as f",
        "from scipy.fftpack import dct",
        "import jax.numpy as jnp\njnp.fft.rfft2(x)",
        "import jax\njax.numpy.fft.rfft2(x)",
        "from jax.numpy import fft",
        "from jax.numpy.fft import rfft2",
    ],
)
def test_transforms_are_found_however_they_are_named(code: str) -> None:
    assert transforms_used(ast.parse(code)) != []


@pytest.mark.parametrize(
    "code", ["torch.load(p)", "torch.load(p, weights_only=False)", "from torch import load"]
)
def test_unsafe_loads_are_found(code: str) -> None:
    assert unsafe_loads(ast.parse(code)) == [1]


def test_safe_load_is_no_finding() -> None:
    assert unsafe_loads(ast.parse("torch.load(p, weights_only=True)")) == []


def test_imports_are_found_at_any_depth() -> None:
    code = "def f():\n    import numpy.linalg\n    from spectralmaps.hic import data\nimport os"
    assert libraries_used(ast.parse(code)) == {"numpy"}
    assert parts_used(ast.parse(code)) == {"hic"}
    assert parts_used(ast.parse("from spectralmaps import hic")) == {"hic"}


def test_missing_docstrings_and_annotations_are_found() -> None:
    code = (
        "class A:\n"
        "    def __init__(self, x) -> None: ...\n"
        "    def m(self, x: int): ...\n"
        "    def n(self, x) -> int: ...\n"
        "    def _private(self, x): ...\n"
        "    @staticmethod\n"
        "    def s(x) -> int: ...\n"
        "def f(*args, y: int) -> int: ...\n"
        "def g(x: int) -> int:\n"
        "    '''Documented.'''\n"
    )
    module = ast.parse(code)
    assert undocumented(module) == ["module", "A", "A.m", "A.n", "A.s", "f"]
    assert unannotated(module) == ["A.__init__", "A.m", "A.n", "A.s", "f"]
