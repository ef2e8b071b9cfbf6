"""Any draft can be looked at; any draft goes to the render as it came from the state."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from tests.cloud import RENDER, STATE, Reply
from tests.cloudthread import blocking_cloud
from tests.fuzz.jsontext import ANY_DRAFTS, exportable_drafts

from nemovideo import State, Timeline
from nemovideo.protocol.changes import changes
from nemovideo.protocol.json import parse


@given(ANY_DRAFTS)
@example('{"t": [{"tt": 1e308, "sg": [{"d": 1e308, "m": {"start": 1e308, "volume": 1e308}}, {"d": 1e308}]}]}')
@example('{"t": [{"tt": 7, "m": {"name": ' + "9" * 4200 + '}, "sg": [{}]}]}')
@settings(max_examples=150)
def test_any_draft_is_a_timeline(text: str) -> None:
    draft = parse(text)
    timeline = Timeline.decode(draft)
    assert timeline.summary.startswith("Timeline (")
    assert timeline.raw is draft
    assert isinstance(timeline.exportable, bool)
    state = State({"state": {"draft": draft}})
    assert state.timeline.summary == timeline.summary


@given(ANY_DRAFTS, ANY_DRAFTS)
@settings(max_examples=150)
def test_any_two_drafts_can_be_compared(before: str, after: str) -> None:
    old, new = Timeline.decode(parse(before)), Timeline.decode(parse(after))
    assert changes(new, new) == ()
    assert all(words and "\n" not in words for words in changes(old, new))


def meaning(text: str | bytes) -> str:
    """One spelling for each value; order and white space of objects mean nothing, -0.0 and 1.0 are not 0 and 1."""
    return json.dumps(json.loads(text), sort_keys=True)


def test_a_draft_travels_as_it_came() -> None:
    with blocking_cloud() as (cloud, client, _):

        @given(exportable_drafts())
        @example('{"t": [{"tt": 0, "sg": [1e400, -1e400, "Infinity", 18446744073709551617]}]}')
        @example('{"t": [{"tt": 0, "sg": [{"d": 1, "d": 2}]}], "t": [{"sg": [{"\\\\ud83d\\\\ude00": null}]}]}')
        @settings(max_examples=60)
        def travels(draft: str) -> None:
            cloud.script(STATE, Reply(f'{{"code": 0, "data": {{"state": {{"draft": {draft}}}}}}}'.encode()))
            client.render.submit("s1", client.state.get("s1").draft)
            sent = cloud.sent(RENDER)[-1].body
            body = json.loads(sent)
            assert meaning(json.dumps(body["draft"])) == meaning(draft)
            assert set(body) == {"id", "sessionId", "draft", "output"}

        travels()
