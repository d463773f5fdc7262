"""The one exception that means: the user's input has to change."""

from collections.abc import Mapping
from typing import Any


class InputError(ValueError):
    """Input from the user that cannot be used; its message is one line and says what to do.

    Name the file or the configuration key, what was expected, what was found and the remedy.
    Scripts end with this message alone, without a traceback (see ``spectralmaps.logs``).
    """


def check_fields(found: Mapping[str, Any], expected: tuple[str, ...], section: str) -> None:
    """Raise unless a section has exactly the fields that belong to it.

    Raises
    ------
    InputError
        Names the section, its missing and its unexpected fields.
    """
    missing = sorted(set(expected) - set(found))
    unexpected = sorted(set(found) - set(expected))
    if missing or unexpected:
        raise InputError(
            f"{section}: expected the fields {', '.join(expected) or 'none'};"
            f" missing {', '.join(missing) or 'none'}, not known {', '.join(unexpected) or 'none'}"
        )
