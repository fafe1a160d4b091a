"""Results as values that JSON knows."""

from __future__ import annotations

from typing import Any

from qa.evaluation.result import Outcome, Result


def result_to_dict(result: Result) -> dict[str, Any]:
    """A result with all its outcomes. Times are in seconds."""
    return {
        "name": result.name,
        "questions": len(result.outcomes),
        "available": result.available,
        "passages": result.passages,
        "embedded": result.embedded,
        "metrics": {
            metric.name: {"value": metric.value, "of": metric.of} for metric in result.metrics
        },
        "seconds": {
            "p50": result.seconds(50),
            "p95": result.seconds(95),
            "stages": {
                stage: {"p50": result.seconds(50, stage), "p95": result.seconds(95, stage)}
                for stage in result.stages
            },
        },
        "outcomes": [_outcome_to_dict(outcome) for outcome in result.outcomes],
        "off_topic": [_outcome_to_dict(outcome) for outcome in result.off_topic],
    }


def _outcome_to_dict(outcome: Outcome) -> dict[str, Any]:
    answer, grade = outcome.answer, outcome.grade
    values: dict[str, Any] = {
        "id": outcome.id,
        "question": outcome.question,
        "answerable": outcome.answerable,
        "gold": list(outcome.gold),
        "rank": outcome.rank,
        "answer_rank": outcome.answer_rank,
        "seconds": round(outcome.seconds, 6),
        "answer": answer.answer,
        "nearest": answer.nearest,
        "text": answer.text,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "right": outcome.right,
        "best_right": outcome.best_right,
    }
    if grade is not None:
        values |= {
            "exact_match": grade.exact,
            "f1": grade.f1,
            "best_exact_match": grade.best_exact,
            "best_f1": grade.best_f1,
        }
    return values
