"""One contract of the configuration: files, schema, dataclasses and documentation agree."""

import dataclasses
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from checkouts import REPOSITORY, Checkout
from conda_names import PYPI_NAMES

from spectralmaps.expression.anatomy import AnatomyConfig
from spectralmaps.expression.folds import SplitConfig
from spectralmaps.expression.order import OrderConfig
from spectralmaps.expression.phantom import PhantomConfig
from spectralmaps.expression.predictors import KINDS
from spectralmaps.expression.sweeps import SweepConfig
from spectralmaps.expression.tables import TableConfig
from spectralmaps.hic.balancing import BalancingConfig
from spectralmaps.hic.map_views import ViewConfig
from spectralmaps.hic.overfit import OverfitConfig
from spectralmaps.hic.predictors import KINDS as HIC_KINDS
from spectralmaps.hic.score_config import ScoreConfig
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.training_maps import SHARES

SCHEMA = yaml.safe_load((REPOSITORY / "workflow/schemas/config.schema.yaml").read_text())
DEFAULTS = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text())
CONFIGS = sorted(
    path for folder in ("config", "tests/config") for path in (REPOSITORY / folder).glob("*.yaml")
)
EVERY_KIND = {"kind", "tune", "calibrate"}
ENVIRONMENTS = [REPOSITORY / "environment.yaml", *sorted((REPOSITORY / "envs").glob("*.yaml"))]


def merged(defaults: Any, override: Any) -> Any:
    """Mapping in which the keys of the second replace those of the first, at every depth."""
    if not (isinstance(defaults, dict) and isinstance(override, dict)):
        return override
    return {
        key: merged(defaults[key], override[key])
        if key in defaults and key in override
        else override.get(key, defaults.get(key))
        for key in [*defaults, *(key for key in override if key not in defaults)]
    }


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """The part of the schema that a reference points to, or the node itself."""
    if "$ref" not in node:
        return node
    return SCHEMA["$defs"][node["$ref"].removeprefix("#/$defs/")]


def objects(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the schema that names its keys; conditions are no objects."""
    if isinstance(node, dict):
        if "properties" in node:
            yield path, node
        for key, part in node.items():
            if key != "if":
                yield from objects(part, f"{path}/{key}")
    elif isinstance(node, list):
        for index, part in enumerate(node):
            yield from objects(part, f"{path}/{index}")


# A variant has the keys of its kind, so it is closed by the schema of the kind.
VARIANTS = {"/$defs/variant", "/$defs/hic_variant"}
OBJECTS = {path: node for path, node in objects(SCHEMA) if path not in VARIANTS}


def fields(config_class: type) -> set[str]:
    return {field.name for field in dataclasses.fields(config_class)}


def section(key: str) -> dict[str, Any]:
    """Schema of a key such as ``expression.phantom.model``."""
    node = SCHEMA
    for name in key.split("."):
        node = resolved(node["properties"][name])
    return node


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_configuration_fits_the_schema(path: Path) -> None:
    config = merged(DEFAULTS, yaml.safe_load(path.read_text()))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert [e.message for e in jsonschema.Draft202012Validator(SCHEMA).iter_errors(config)] == []


@pytest.mark.parametrize("path", OBJECTS)
def test_every_object_of_the_schema_is_closed(path: str) -> None:
    assert OBJECTS[path].get("additionalProperties") is False


@pytest.mark.parametrize("path", OBJECTS)
def test_every_key_of_the_schema_is_required(path: str) -> None:
    optional = {"tune", "calibrate"} if path.startswith("/$defs/kind_") else set()
    assert set(OBJECTS[path]["required"]) == set(OBJECTS[path]["properties"]) - optional


@pytest.mark.parametrize("path", OBJECTS)
def test_every_key_of_the_schema_is_described(path: str) -> None:
    properties = OBJECTS[path]["properties"]
    missing = [
        name
        for name, node in properties.items()
        if not (node.get("description") or resolved(node).get("description"))
    ]
    assert missing == []


def test_the_schema_has_a_section_for_each_kind_of_predictor() -> None:
    variant = SCHEMA["$defs"]["variant"]
    chosen = {
        rule["if"]["properties"]["kind"]["const"]: rule["then"]["$ref"] for rule in variant["allOf"]
    }
    assert set(variant["properties"]["kind"]["enum"]) == set(KINDS)
    assert chosen == {kind: f"#/$defs/kind_{kind}" for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_the_keys_of_a_kind_are_the_fields_of_its_configuration(kind: str) -> None:
    module, name = KINDS[kind]
    config_class = getattr(import_module(f"spectralmaps.expression.{module}"), f"{name}Config")
    found = set(SCHEMA["$defs"][f"kind_{kind}"]["properties"])
    assert found == fields(config_class) | EVERY_KIND


def test_the_schema_has_a_section_for_each_kind_of_method_for_contact_maps() -> None:
    variant = SCHEMA["$defs"]["hic_variant"]
    chosen = {
        rule["if"]["properties"]["kind"]["const"]: rule["then"]["$ref"] for rule in variant["allOf"]
    }
    assert set(variant["properties"]["kind"]["enum"]) == set(HIC_KINDS)
    assert chosen == {kind: f"#/$defs/hic_kind_{kind}" for kind in HIC_KINDS}


@pytest.mark.parametrize("kind", HIC_KINDS)
def test_the_keys_of_a_kind_of_contact_maps_are_the_fields_of_its_configuration(kind: str) -> None:
    _, _, module, name = HIC_KINDS[kind]
    config_class = getattr(import_module(f"spectralmaps.hic.{module}"), name)
    expected = fields(config_class) | {"kind"}
    if expected & set(SHARES):
        expected |= {"reads"}
    assert set(SCHEMA["$defs"][f"hic_kind_{kind}"]["properties"]) == expected


def test_the_keys_of_a_network_that_learns_by_heart_are_the_fields_of_its_configuration() -> None:
    assert set(SCHEMA["$defs"]["hic_overfit"]["properties"]) == fields(OverfitConfig)


@pytest.mark.parametrize(
    ("key", "config_class"),
    [
        ("hic.balancing", BalancingConfig),
        ("hic.figures.view", ViewConfig),
        ("hic.scores", ScoreConfig),
        ("hic.synthetic.model", SyntheticConfig),
        ("expression.phantom.model", PhantomConfig),
        ("expression.anatomy", AnatomyConfig),
        ("expression.order.embedding", OrderConfig),
        ("expression.order.figure", OrderConfig),
        ("expression.table.columns", TableConfig),
        ("expression.new_genes.folds", SplitConfig),
    ],
)
def test_the_keys_of_a_section_are_the_fields_of_its_configuration(
    key: str, config_class: type
) -> None:
    assert set(section(key)["properties"]) == fields(config_class)


def test_the_keys_of_a_sweep_are_the_fields_of_its_configuration_and_the_samples() -> None:
    found = set(SCHEMA["$defs"]["sweep"]["properties"])
    assert found == fields(SweepConfig) | {"donor", "n_genes"}


def test_the_dataclasses_have_no_defaults() -> None:
    classes = [PhantomConfig, AnatomyConfig, OrderConfig, TableConfig, SplitConfig, SweepConfig]
    classes += [BalancingConfig, OverfitConfig, ScoreConfig, SyntheticConfig, ViewConfig]
    for module, name in KINDS.values():
        classes.append(getattr(import_module(f"spectralmaps.expression.{module}"), f"{name}Config"))
    for _, _, module, name in HIC_KINDS.values():
        classes.append(getattr(import_module(f"spectralmaps.hic.{module}"), name))
    with_default = [
        f"{config_class.__name__}.{field.name}"
        for config_class in classes
        for field in dataclasses.fields(config_class)
        if field.default is not dataclasses.MISSING
        or field.default_factory is not dataclasses.MISSING
    ]
    assert with_default == []


def document_config() -> Any:
    """The script that writes config/README.md, loaded from its file."""
    path = REPOSITORY / "workflow/document_config.py"
    spec = import_module("importlib.util").spec_from_file_location("document_config", path)
    module = import_module("importlib.util").module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_documentation_of_the_configuration_is_up_to_date() -> None:
    text = (REPOSITORY / "config/README.md").read_text()
    assert text == document_config().document(), "run: make docs"


def documented_keys(node: dict[str, Any], config: dict[str, Any], prefix: str) -> Iterator[str]:
    """Dotted keys of a configuration; names that a user chooses end the path."""
    for name, part in node["properties"].items():
        yield prefix + name
        child = resolved(part)
        if "properties" in child:
            yield from documented_keys(child, config[name], f"{prefix}{name}.")


def test_every_key_of_the_defaults_is_documented() -> None:
    text = (REPOSITORY / "config/README.md").read_text()
    keys = list(documented_keys(SCHEMA, DEFAULTS, ""))
    assert len(keys) > 100
    assert [key for key in keys if f"`{key}`" not in text] == []


def pins(path: Path) -> dict[str, str]:
    """Version of each package of a requirements file, as it stands there."""
    lines = [line.partition("#")[0].strip() for line in path.read_text().splitlines()]
    split = [re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?(.*)", line) for line in lines if line]
    assert all(split)
    return {match[1].lower(): match[2] for match in split if match}


def conda_pins(path: Path) -> dict[str, str]:
    """Version of each conda package of an environment, as it stands there."""
    listed = yaml.safe_load(path.read_text())["dependencies"]
    pairs = [entry.partition(" ") for entry in listed if isinstance(entry, str)]
    return {PYPI_NAMES.get(name, name): version for name, _, version in pairs}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-abagen.txt"])
def test_requirements_are_pinned_exactly(name: str) -> None:
    found = pins(REPOSITORY / name)
    assert found
    loose = {
        key: pin
        for key, pin in found.items()
        if not re.fullmatch(r"==\d+(\.\d+)+(\.post\d+)?", pin)
    }
    assert loose == {}


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.name)
def test_environments_are_pinned_like_the_requirements(path: Path) -> None:
    name = "requirements-abagen.txt" if path.name == "abagen.yaml" else "requirements.txt"
    expected = {key: pin.removeprefix("==") for key, pin in pins(REPOSITORY / name).items()}
    found = conda_pins(path)
    assert {key for key, pin in found.items() if not re.fullmatch(r"=\d+(\.\d+)+", pin)} == set()
    shared = set(found) & set(expected)
    assert shared
    assert {key: found[key].removeprefix("=") for key in shared} == {
        key: expected[key] for key in shared
    }


BAD = {
    "misspelt key": ("dataste: x", "expression: ", "'dataste' was unexpected"),
    "wrong type": (
        "templates: {resolution_mm: three}",
        "expression.templates.resolution_mm: ",
        "'three' is not of type 'integer'",
    ),
    "section without its type": ("figures: 3", "expression.figures: ", "3 is not of type 'object'"),
    "unknown kind": (
        "variants: {mine: {kind: mystery}}",
        "expression.variants.mine.kind: ",
        "'mystery' is not one of ['mean', ",
    ),
    "key of another kind": (
        "variants: {mean: {smoothing: 1.0}}",
        "expression.variants.mean: ",
        "'smoothing' was unexpected",
    ),
    "no kind": (
        "variants: {mine: {smoothing: 1.0}}",
        "expression.variants.mine: ",
        "'kind' is a required property",
    ),
    "unknown variant": (
        "evaluation: {variants: {random: [meen]}}",
        "expression.evaluation.variants.random: ",
        "found 'meen'",
    ),
    "unknown split": (
        "evaluation: {variants: {rnadom: [mean]}}",
        "expression.evaluation.variants: ",
        "found 'rnadom'",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_configuration_stops_with_one_line_that_names_the_key(
    name: str, checkout: Checkout, tmp_path: Path
) -> None:
    text, key, found = BAD[name]
    path = tmp_path / "bad.yaml"
    path.write_text(f"expression:\n  {text}\n")
    process = checkout.snakemake("-n", "--configfile", str(path))
    assert process.returncode == 1
    lines = [line for line in process.stdout.splitlines() if line.startswith("config: ")]
    assert len(lines) == 1, process.stdout
    assert lines[0].startswith(f"config: {key}")
    assert found in lines[0]
    assert re.search("; (see config/README.md|correct it or describe it there)$", lines[0])
    assert "Traceback" not in process.stdout
