"""After every verb that there is, does each reader hold exactly what it sees?"""

from __future__ import annotations

from tests.cast import NOW, Cast
from tests.changes.test_every_verb import STORY, World, tell
from tests.sync.replica import following


def test_readers_of_every_kind_follow_the_story_of_every_verb(cast: Cast) -> None:
    """With pages so small that everything is told in parts."""
    world = World(cast=cast, now=NOW)
    replicas = {
        "writer": following("write", "people:read", limit=2),
        "reader": following("read", limit=2),
        "reader of one plan": following("read", plans=[cast.plan], limit=2),
        "reader of one unit": following("read", organisations=[cast.harbour], limit=1),
        "writer of one unit": following("write", organisations=[cast.bureau], limit=3),
    }
    for verb, act in STORY:
        assert tell(world, verb, act) == []
        for name, replica in replicas.items():
            try:
                replica.follow().check()
            except AssertionError as error:
                error.add_note(f"{name} after {verb}")
                raise
