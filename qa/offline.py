"""Keep the libraries underneath off the network.

Nothing here runs on import: only a program's entry point may decide on its process's environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from index.embedder import DEFAULT_MODEL, INT8_MODEL
from qa.reading.choose import DEFAULT_READER, NO_READER

_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}
_HUB = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


def go_offline(*models: str) -> None:
    """Switch off telemetry, and the model hub unless the user names a model that may come from it.

    To be called before the libraries are imported, which read these variables when they are.
    A variable that is set already keeps its value.

    Args:
        models: the models that the user named, if any: the embedding model, the reader.
    """
    variables = _QUIET if any(map(is_remote, models)) else _QUIET | _HUB
    for name, value in variables.items():
        os.environ.setdefault(name, value)


def is_remote(model: str) -> bool:
    """Whether a model's name is neither a packaged model's nor a folder's."""
    return (
        model not in (DEFAULT_MODEL, INT8_MODEL, DEFAULT_READER, NO_READER)
        and not Path(model).expanduser().is_dir()
    )
