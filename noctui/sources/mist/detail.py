"""What is asked on drill-down: one question, a few calls of their own, cached, within a capped share of the budget."""

from __future__ import annotations

from noctui.model.detail import Answer, Question, refused


class Details:
    """Answers questions about one circuit or site."""

    async def answer(self, question: Question) -> Answer:
        """Never raises for what Mist refuses: the answer's `error` says it."""
        return refused(question, "This cannot be asked yet.")
