"""The keys of one org on the bus. All stand in one hash tag, so that one script may write them, in a cluster too."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ORG = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Keys:
    """`org_id` as Mist writes it. Raises ValueError for what cannot be one."""

    org_id: str

    def __post_init__(self) -> None:
        if not _ORG.fullmatch(self.org_id):
            raise ValueError("this is no org id")

    def _key(self, name: str) -> str:
        return f"{{noctui:{self.org_id}}}:{name}"

    @property
    def lease(self) -> str:
        """`EPOCH RANK HOLDER`, with a time limit: who leads."""
        return self._key("lease")

    @property
    def epoch(self) -> str:
        """The highest epoch so far."""
        return self._key("epoch")

    @property
    def wanted(self) -> str:
        """`RANK HOLDER`, with a time limit: somebody who outranks the holder waits."""
        return self._key("wanted")

    @property
    def snapshot(self) -> str:
        """The newest poll, a blob."""
        return self._key("snapshot")

    @property
    def polls(self) -> str:
        """Stream: one entry a poll, field `b`, a blob."""
        return self._key("polls")

    @property
    def news(self) -> str:
        """Stream: what changed between polls, field `b`, a blob."""
        return self._key("news")

    @property
    def alarms(self) -> str:
        """The open alarms, a blob."""
        return self._key("alarms")

    @property
    def messages(self) -> str:
        """What was told of the open alarms, a blob: for the next leader."""
        return self._key("messages")

    @property
    def version(self) -> str:
        """Which pieces make the inventory, a blob."""
        return self._key("version")

    @property
    def pieces(self) -> str:
        """Hash: rows of the inventory, blobs under the digest of their content."""
        return self._key("pieces")

    @property
    def inbox(self) -> str:
        """Stream: what people did elsewhere, for the leader."""
        return self._key("inbox")

    @property
    def acted(self) -> str:
        """Sorted set: ids from the inbox that were applied, by the server's time."""
        return self._key("acted")

    @property
    def asked(self) -> str:
        """Stream: questions for the leader, field `q`."""
        return self._key("asked")

    def asking(self, name: str) -> str:
        """With a time limit: that question is on its way, nobody else need ask it."""
        return self._key(f"asking:{name}")

    def answer(self, name: str) -> str:
        """Stream of one entry, with a time limit: the answer to that question, field `b`, a blob."""
        return self._key(f"answer:{name}")

    @property
    def members(self) -> str:
        """Hash: who offers to fetch shares of sweeps, and when it said so last."""
        return self._key("members")

    @property
    def shares(self) -> str:
        """Which gateways each member fetches, a blob."""
        return self._key("shares")

    @property
    def sweeps(self) -> str:
        """Stream: one entry a shared sweep, as it begins, field `b`, a blob."""
        return self._key("sweeps")

    def parts(self, epoch: int, number: int) -> str:
        """Stream with a time limit: the shares of that sweep, fields `n`, whose, and `b`, a blob."""
        return self._key(f"parts:{epoch}-{number}")

    @property
    def followers(self) -> str:
        """Hash: who follows, and when it said so last."""
        return self._key("followers")
