"""Is there room for one more in the window that ends now?

A window slides: it is cut into ten slots, of which the oldest fades out while a new one fills. So a client that asks
evenly below its rate is never refused, and whatever it does, nine tenths of a window never hold more than the rate.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from milestones.rates import Rate

SLOTS = 10

# The same as `take`, in one round trip to where all processes count. KEYS[1] is a hash of slot → count; ARGV are the
# time in ms, the width of a slot in ms, and the count that the rate allows.
SCRIPT = f"""
local now, width, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local slot = math.floor(now / width)
local oldest, faded = slot - {SLOTS}, (now % width) / width
local kept, counts, used = {{}}, {{}}, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
    local at, count = tonumber(all[i]), tonumber(all[i + 1])
    if at < oldest then
        redis.call('HDEL', KEYS[1], all[i])
    else
        kept[#kept + 1], counts[at] = at, count
        used = used + (at == oldest and count * (1 - faded) or count)
    end
end
if used + 1 <= most then
    redis.call('HINCRBY', KEYS[1], slot, 1)
    redis.call('PEXPIRE', KEYS[1], width * {SLOTS + 1})
    return {{1, math.floor(most - used - 1), 0}}
end
table.sort(kept)
local over = used + 1 - most
for _, at in ipairs(kept) do
    local gone = at == oldest and faded or 0
    if counts[at] * (1 - gone) >= over then
        return {{0, 0, math.ceil((at + {SLOTS} + gone + over / counts[at]) * width - now)}}
    end
    over = over - counts[at] * (1 - gone)
end
return {{0, 0, width * {SLOTS}}}
"""


class Verdict(NamedTuple):
    """`left` are those that are allowed at once from now on; `wait` is how long until the next one, in ms."""

    allowed: bool
    left: int
    wait: int


def width(rate: Rate) -> int:
    """Of a slot, in ms."""
    return rate.seconds * 1000 // SLOTS


def take(counts: dict[int, int], now: int, rate: Rate) -> Verdict:
    """One more at `now` (ms): counted in `counts`, slot → count, when it is allowed."""
    slot, rest = divmod(now, width(rate))
    oldest, faded = slot - SLOTS, rest / width(rate)
    for at in [at for at in counts if at < oldest]:
        del counts[at]
    used = sum(count * (1 - faded) if at == oldest else count for at, count in counts.items())
    if used + 1 <= rate.count:
        counts[slot] = counts.get(slot, 0) + 1
        return Verdict(True, int(rate.count - used - 1), 0)
    return Verdict(False, 0, _wait(counts, now, rate, used + 1 - rate.count))


def _wait(counts: dict[int, int], now: int, rate: Rate, over: float) -> int:
    """Until as many as are `over` have faded out."""
    slot, rest = divmod(now, width(rate))
    for at in sorted(counts):
        gone = rest / width(rate) if at == slot - SLOTS else 0.0
        if counts[at] * (1 - gone) >= over:
            return math.ceil((at + SLOTS + gone + over / counts[at]) * width(rate) - now)
        over -= counts[at] * (1 - gone)
    return rate.seconds * 1000
