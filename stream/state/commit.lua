-- One commit of a shard: compare what is stored with what the worker believes, then write everything or nothing.
-- KEYS: head, outbox, then the dropped keys, the keys with removed fields, the keys with rows.
-- ARGV: owner, expected offset, new offset, commit id, number of head values (names and values), of outbox messages
-- (-1 leaves the outbox), of dropped keys, of keys with removed fields; then per key with removed fields its count of
-- fields, per key with rows its count of fields and values; then all those values in the same order.
-- Answers "stored", or the name of the refusal (stream/state/port.py). The numbers are read as doubles: offsets are
-- exact below 2^53.
local CHUNK = 1000 -- unpack() may push about 8,000 values; measured equal from 500 to 7,000, and memory is kinder here

local head = redis.call('HMGET', KEYS[1], 'owner', 'offset', 'commit')
local stored = head[2]
if not stored then return 'empty' end
if head[1] ~= ARGV[1] then return 'fenced' end
if head[3] == ARGV[4] and stored == ARGV[3] then return 'stored' end
if stored ~= ARGV[2] then
  if tonumber(stored) < tonumber(ARGV[2]) then return 'rewound' end
  return 'unexplained'
end

-- A script is not rolled back when one of its calls fails, so what could fail is checked before the first write.
for index = 2, #KEYS do
  local found = redis.call('TYPE', KEYS[index]).ok
  local wanted = index == 2 and 'list' or 'hash'
  if found ~= 'none' and found ~= wanted then
    return redis.error_reply('WRONGTYPE ' .. KEYS[index] .. ' is a ' .. found .. ' and should be a ' .. wanted)
  end
end

local head_values, messages = tonumber(ARGV[5]), tonumber(ARGV[6])
local dropped, removing = tonumber(ARGV[7]), tonumber(ARGV[8])
local counts = 9
local at = counts + #KEYS - 2 - dropped

local function write(command, key, count)
  local last = at + count - 1
  while at <= last do
    local till = math.min(at + CHUNK - 1, last)
    redis.call(command, key, unpack(ARGV, at, till))
    at = till + 1
  end
end

-- Dropping goes first: Redis lets a script that has begun to write go on when memory is full, so a commit that frees a
-- generation passes, while any other one is refused by its first HSET, before anything is written.
for index = 3, 2 + dropped do redis.call('UNLINK', KEYS[index]) end
redis.call('HSET', KEYS[1], 'offset', ARGV[3], 'commit', ARGV[4])
write('HSET', KEYS[1], head_values)
if messages >= 0 then
  redis.call('UNLINK', KEYS[2])
  write('RPUSH', KEYS[2], messages)
end
for index = 3 + dropped, #KEYS do
  local command = index < 3 + dropped + removing and 'HDEL' or 'HSET'
  write(command, KEYS[index], tonumber(ARGV[counts]))
  counts = counts + 1
end
return 'stored'
