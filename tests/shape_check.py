"""The check of argument and return types, array shapes included, that tests run under."""

from typing import Any, Self

from beartype import BeartypeConf, FrozenDict, beartype

# beartype cannot judge Self outside a class that it decorates as a whole; an int is a float, as
# the typing standard has it.
checked = beartype(conf=BeartypeConf(hint_overrides=FrozenDict({Self: Any}), is_pep484_tower=True))
