"""Stories for hypothesis: lists of (Poll, Inventory) to hold an engine against the reference."""

from __future__ import annotations

from hypothesis import strategies as st

from noctui.model.batch import Poll, PortEvent
from noctui.model.inventory import Attachment, Circuit, Gateway, Inventory, Site
from noctui.model.words import Role
from tests.reference.stories import Story, batch_of, random_story
from tests.reference.story_values import INTERVAL, NAN, QUALITY, SHARES, Quirk

__all__ = ["Quirk", "Story", "random_story", "small_stories", "stories"]

YES_NO = st.sampled_from((1.0, 1.0, 1.0, 0.0, NAN))


def stories(max_circuits: int = 12, max_polls: int = 30) -> st.SearchStrategy[Story]:
    """Long stories of whole networks. They shrink to few circuits, few polls and few quirks of one seed."""
    return st.builds(
        random_story,
        seed=st.integers(0, 2**32 - 1),
        circuits=st.integers(1, max_circuits),
        polls=st.integers(1, max_polls),
        quirks=st.frozensets(st.sampled_from(tuple(Quirk))),
    )


SMALL = Inventory(
    org_id="org",
    sites=(Site(site_id="s", name="0001 Site"),),
    gateways=(Gateway(gateway_id="g", site_id="s"),),
    circuits=tuple(
        Circuit(
            circuit_id=f"s:{port}", circuit_no=i, site_id="s", port_id=port, role=Role(i), down_bps=100e6, up_bps=100e6,
            link_bps=1e9, attachments=(Attachment(gateway_id="g", port_id=port),),
        )
        for i, port in enumerate(("p", "q"))
    ),
)  # fmt: skip


@st.composite
def small_stories(draw: st.DrawFn, max_polls: int = 10) -> Story:
    """Short stories of two circuits on one gateway, every value drawn: they shrink value by value."""
    story: Story = []
    tick = 28_333_320
    for seq in range(1, draw(st.integers(1, max_polls)) + 1):
        tick += draw(st.sampled_from((1, 1, 1, 2, 4, 5, 61)))
        at = tick * INTERVAL + draw(st.sampled_from((0.0, 0.0, 30.0)))
        ids = [c.circuit_id for c in SMALL.circuits if draw(st.booleans())]
        circuits = [(cid, at - draw(st.sampled_from((0.0, 60.0, 180.0, 181.0))), draw(_row(at))) for cid in ids]
        gateway = {"connected": draw(YES_NO), "uptime": draw(st.sampled_from((1e6, NAN, 30.0, 120.0, 300.0)))}
        events = draw(
            st.lists(st.builds(PortEvent, st.sampled_from(("s:p", "s:q")), _times(at), st.booleans()), max_size=3)
        )
        story.append((
            Poll(
                seq=seq, at=at, tick=tick, interval=INTERVAL, events=tuple(events), paths=None,
                circuits=batch_of("circuits", circuits),
                gateways=batch_of("gateways", [("g", at, gateway)]),
            ),
            SMALL,
        ))  # fmt: skip
    return story


def _times(at: float) -> st.SearchStrategy[float]:
    return st.sampled_from((-240.0, -120.0, -90.0, -60.0, -30.0, 0.0, 10.0)).map(lambda before: at + before)


def _row(at: float) -> st.SearchStrategy[dict[str, float]]:
    counters = st.sampled_from((0.0, 1000.0, 2.0**32 - 1000, NAN))
    return st.fixed_dictionaries(
        {
            "up": YES_NO,
            "active": YES_NO,
            "disabled": st.sampled_from((0.0, 0.0, 0.0, 1.0)),
            "rx_bps": st.sampled_from((NAN, *(share * 100e6 for share in SHARES))),
            "tx_bps": st.sampled_from((NAN, 0.0, 111e7)),
            "rx_bytes": counters,
            "tx_bytes": counters,
            "loss": st.sampled_from(QUALITY["loss"]),
            "latency": st.sampled_from(QUALITY["latency"]),
            "last_flapped": st.one_of(st.just(NAN), _times(at)),
        }
    )
