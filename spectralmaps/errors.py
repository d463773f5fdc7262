"""The one exception that means: the user's input has to change."""


class InputError(ValueError):
    """Input from the user that cannot be used; its message is one line and says what to do.

    Name the file or the configuration key, what was expected, what was found and the remedy.
    Scripts end with this message alone, without a traceback (see ``spectralmaps.logs``).
    """
