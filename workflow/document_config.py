"""Write config/README.md from the schema and the defaults, so that neither can go stale.

usage: python workflow/document_config.py            (``make docs``)
"""

from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
DEFAULTS = ROOT / "config/config.yaml"
INTRODUCTION = ROOT / "config/introduction.md"
README = ROOT / "config/README.md"


def resolved(node: dict, schema: dict) -> dict:
    """Part of the schema that a reference points to, or the node itself."""
    if "$ref" not in node:
        return node
    for key in node["$ref"].removeprefix("#/").split("/"):
        schema = schema[key]
    return schema


def kind_of(node: dict) -> str:
    """Type or permitted values of a key, in words."""
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "const" in node:
        return f"`{node['const']}`"
    kind = node.get("type", "any")
    bounds = [
        f"{sign} {node[name]}"
        for name, sign in (
            ("minimum", ">="),
            ("exclusiveMinimum", ">"),
            ("maximum", "<="),
            ("exclusiveMaximum", "<"),
        )
        if name in node
    ]
    return " ".join([kind if isinstance(kind, str) else " or ".join(kind), *bounds])


def rows(node: dict, defaults: object, schema: dict, prefix: str) -> Iterator[str]:
    """Table rows of a section and of its sections."""
    for name, part in node.get("properties", {}).items():
        key = f"{prefix}{name}"
        child = resolved(part, schema)
        value = defaults.get(name) if isinstance(defaults, dict) else None
        description = part.get("description") or child.get("description", "")
        if "properties" in child:
            yield f"| **`{key}`** | section | | {description} |"
            yield from rows(child, value, schema, f"{key}.")
        else:
            shown = f"`{yaml.safe_dump(value, default_flow_style=True).splitlines()[0]}`"
            if isinstance(value, dict) or value is None:
                shown = ""
            yield f"| `{key}` | {kind_of(child)} | {shown} | {description} |"


def kind_tables(schema: dict, prefix: str) -> Iterator[str]:
    """One table for each kind of predictor of a module, whose names start with a prefix."""
    for name, node in schema["$defs"].items():
        if not name.startswith(prefix):
            continue
        yield f"\n### `kind: {name.removeprefix(prefix)}`\n\n{node['description']}\n"
        yield "| key | type | meaning |\n| --- | --- | --- |"
        for key, part in node["properties"].items():
            child = resolved(part, schema)
            description = part.get("description") or child.get("description", "")
            yield f"| `{key}` | {kind_of(child)} | {description} |"


def document() -> str:
    """Text of config/README.md."""
    schema = yaml.safe_load(SCHEMA.read_text())
    defaults = yaml.safe_load(DEFAULTS.read_text())
    lines = [
        INTRODUCTION.read_text().rstrip(),
        "\n## Keys\n",
        "| key | type | default | meaning |\n| --- | --- | --- | --- |",
        *rows(schema, defaults, schema, ""),
        "\n## Kinds of predictors of gene expression\n",
        "A variant under `expression.variants` has a `kind` and exactly the keys of that kind;"
        " `tune` and `calibrate` may be added to any of them.",
        *kind_tables(schema, "kind_"),
        "\n## Kinds of methods for contact maps\n",
        "A variant under `hic.variants` has a `kind` and exactly the keys of that kind.",
        *kind_tables(schema, "hic_kind_"),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    README.write_text(document())
