"""Models in ONNX: the seam to ONNX Runtime."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from index.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def open_session(model: bytes, weights: Mapping[str, NDArray[Any]] | None = None) -> Any:
    """A model, ready to run on one core; several threads may run it at the same time.

    Args:
        model: in ONNX.
        weights: those that the model names without holding them.

    Raises:
        ModelError: ONNX Runtime cannot use it.
    """
    # Else importing it starts a collector of telemetry, with an identity of its own on the disk.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Texts differ in length: a pattern kept for each would only fill memory.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    if weights:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
        options.add_external_initializers(list(weights), values)
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no common class but this one
        raise ModelError(f"ONNX Runtime cannot use the model: {error}") from error


def cores() -> int:
    """How many cores this process may use; fewer where ``OMP_NUM_THREADS`` says so."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(allowed or 1, int(asked) if asked.isdigit() else 1 << 16))
