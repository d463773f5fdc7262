"""Memory and time of jobs; what rules ask for is checked against what they used.

``docs/machines.md`` has both side by side, made from the benchmark files of complete runs.
"""


def grows(amount):
    """An amount of a resource that doubles with every attempt, for retries of what ran out of it."""

    def of_attempt(wildcards, attempt):
        return amount * 2 ** (attempt - 1)

    return of_attempt
