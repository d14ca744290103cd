-- Makes a new owner the only one whose commits are accepted, and answers the head as HGETALL does.
-- KEYS: head, then what was found of the shard by a SCAN (only for a birth).
-- ARGV: owner, offset of a birth or '' when none is allowed, then the head's names and values at birth.
-- Answers false when the shard has no head and none may be born.
local born = redis.call('HEXISTS', KEYS[1], 'offset') == 1
if not born and ARGV[2] == '' then return false end

-- The first write must be one that a full server refuses: after it Redis lets the script do anything.
redis.call('HSET', KEYS[1], 'owner', ARGV[1])
if not born then
  -- Rows left without a head (someone deleted it) belong to no offset. Without a head no commit is accepted, so these
  -- keys cannot have changed since the SCAN.
  for index = 1, #KEYS do redis.call('UNLINK', KEYS[index]) end
  redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'offset', ARGV[2], 'commit', '', unpack(ARGV, 3))
end
return redis.call('HGETALL', KEYS[1])
