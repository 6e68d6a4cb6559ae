"""The one script of the bus: it alone changes the lease, and writes what only the leader may write.

It runs as one step in the server. Only the server's clock counts: a lease is a key that expires. What a holder wrote
last, and whether it still believes to lead, does not matter: the stored epoch and the lease decide at each write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, cast

from redis.exceptions import NoScriptError

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_keys import Keys

Word = bytes | str | int
Command = tuple[str, str, *tuple[Word, ...]]
"""(command, key, arguments …); an argument that is `BLOB` stands for the blob of the call, which travels once."""
BLOB = b"\xffBLOB"
MOST_EPOCH = 10**15
"""A higher one is none of ours: Lua counts exactly to 2**53."""

SCRIPT = r"""
-- KEYS: lease, epoch, wanted, then the key of each command
-- ARGV: verb, holder, rank, its epoch, the highest epoch it has seen, time limit in ms, blob, then for each command its
--       name, the count of its arguments, and these
local lease, epoch, wanted = KEYS[1], KEYS[2], KEYS[3]
local verb, me, rank, mine = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local seen, limit = tonumber(ARGV[5]), ARGV[6]
local foreign

local function value(key, pattern, timed)
  local kind = redis.call('TYPE', key)
  kind = type(kind) == 'table' and kind.ok or kind
  if kind == 'none' then return end
  local a, b, c
  if kind == 'string' then a, b, c = string.match(redis.call('GET', key), pattern) end
  if not a or #a > 15 then
    foreign = 'the key ' .. key .. ' holds something that is not of noctui; remove it with DEL'
  elseif timed and redis.call('PTTL', key) < 0 then
    foreign = 'the key ' .. key .. ' has no time limit, so noctui did not write it; remove it with DEL'
  end
  return a, b, c
end

local stored = tonumber(value(epoch, '^(%d+)$') or 0)
local e, r, h = value(lease, '^(%d+) (%d+) (%S+)$', true)
local wr, wh = value(wanted, '^(%d+) (%S+)$', true)
if foreign then return redis.error_reply('NOCTUI_FOREIGN ' .. foreign) end
e, r, wr = tonumber(e or 0), tonumber(r or 0), tonumber(wr or 0)

local function whole(n) return string.format('%.0f', n) end
local function keep(n) redis.call('SET', epoch, whole(n)); stored = n end
local function no(why)
  if h then return {0, why, whole(e), whole(r), h, redis.call('PTTL', lease)} end
  if wh then return {0, why, whole(stored), whole(wr), wh, redis.call('PTTL', wanted)} end
  return {0, why, whole(stored), '0', '', 0}
end
local function take(n) redis.call('SET', lease, whole(n) .. ' ' .. whole(rank) .. ' ' .. me, 'PX', limit) end

if verb == 'look' then return no('') end

-- A server that lost its memory, or an older copy of it: the highest epoch that anybody has seen counts.
local highest = math.max(stored, e, seen)
local forgot = highest > stored
if forgot then keep(highest) end
if h and e < stored then h = nil end
-- The first to come back is the one who leads: it need not wait for its next renewal.
if forgot and verb == 'write' and not h and mine == stored then take(mine); e, h = mine, me end
local ours = h == me and e == mine and stored == mine

if verb == 'raise' then return {1, whole(stored)} end

if verb == 'acquire' then
  if h == me then
    redis.call('PEXPIRE', lease, limit)
  elseif h then
    if rank > r and (not wh or wh == me or wr < rank) then
      redis.call('SET', wanted, whole(rank) .. ' ' .. me, 'PX', limit)
    end
    return no('held')
  elseif wh and wh ~= me and wr > rank then
    return no('wanted')
  else
    keep(stored + 1)
    take(stored)
  end
  if wh == me then redis.call('DEL', wanted) end
  return {1, whole(stored)}
end

if verb == 'renew' then
  if not ours and (h or stored ~= mine) then return no('lost') end
  if wh and wh ~= me and wr > rank then
    if ours then redis.call('DEL', lease) end
    h = nil
    return no('gave')
  end
  -- Not a new value where there is one: a full server still lets a time limit be set.
  if ours then redis.call('PEXPIRE', lease, limit) else take(mine) end
  return {1, whole(stored)}
end

if verb == 'release' then
  -- By its holder alone: it may have been taken, and the answer not heard.
  if h == me then redis.call('DEL', lease) end
  if wh == me then redis.call('DEL', wanted) end
  return {1, whole(stored)}
end

if verb ~= 'write' then return redis.error_reply('ERR no such verb') end
if not ours then return no((h or stored ~= mine) and 'lost' or 'lapsed') end
local answers, at = {1, whole(stored)}, 8
for i = 4, #KEYS do
  local words, count = {}, tonumber(ARGV[at + 1])
  for j = 1, count do
    local word = ARGV[at + 1 + j]
    words[j] = word == '\255BLOB' and ARGV[7] or word
  end
  answers[#answers + 1] = redis.call(ARGV[at], KEYS[i], unpack(words))
  at = at + 2 + count
end
return answers
"""
_DIGEST = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()


async def call(
    client: Client,
    keys: Keys,
    verb: str,
    *,
    holder: str = "-",
    rank: int = 0,
    epoch: int = 0,
    seen: int = 0,
    limit_ms: int = 0,
    commands: Sequence[Command] = (),
    blob: bytes = b"",
) -> list[Any]:
    """Run the script: `[1, epoch, answers …]`, or `[0, why, epoch, rank, holder, ms left]`.

    Raises what redis raises.
    """
    names = [keys.lease, keys.epoch, keys.wanted, *(command[1] for command in commands)]
    words: list[Word] = [verb, holder, rank, epoch, min(seen, MOST_EPOCH), limit_ms, blob]
    for name, _, *rest in commands:
        words += [name, len(rest), *rest]
    try:
        answer = await client.evalsha(_DIGEST, len(names), *names, *cast("list[Any]", words))
    except NoScriptError:  # a server that was restarted, or sees it for the first time
        answer = await client.eval(SCRIPT, len(names), *names, *cast("list[Any]", words))
    return cast("list[Any]", answer)
