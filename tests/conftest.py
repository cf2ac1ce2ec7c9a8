"""What every test may ask for: the checkout it runs in and the folder of reference data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, print_blob=True)  # two busy cores make a deadline a matter of luck
settings.load_profile("suite")


def checkout_root() -> Path:
    """The directory of pyproject.toml, searched upwards from here."""
    for directory in Path(__file__).resolve().parents:
        if (directory / "pyproject.toml").is_file():
            return directory
    raise FileNotFoundError("the tests do not lie in a checkout: no pyproject.toml above them")


def shared_folder() -> Path:
    """Where the reference data should lie: ``OTSCORE_REFERENCE``, or ``shared`` beside the checkout."""
    named = os.environ.get("OTSCORE_REFERENCE")
    return Path(named) if named else checkout_root().parent / "shared"


@pytest.fixture(scope="session")
def checkout() -> Path:
    return checkout_root()


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip("no reference data: set OTSCORE_REFERENCE to their folder, or put it as 'shared' beside the checkout")
    return folder
