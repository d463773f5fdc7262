"""The check of argument and return types, array shapes included, that tests run under."""

from typing import Any, Self

from beartype import BeartypeConf, FrozenDict, beartype

# beartype cannot judge Self outside a class that it decorates as a whole.
checked = beartype(conf=BeartypeConf(hint_overrides=FrozenDict({Self: Any})))
