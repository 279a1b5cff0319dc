#!lua
-- Adds one exemplar and binds an empty collection to its space.
-- KEYS: meta, exemplars, clips, index, log, arrays (of the space)
-- ARGV: space, id, action, index member, record, arrays, clip, now, log length
-- Returns added (incarnation, revision, exemplars of the action)
--   | unknown_collection | exemplar_exists | space_mismatch (bound).
local meta, exemplars, clips, index, log, arrays = unpack(KEYS)
local space, id, action, member, record, packed_arrays, packed_clip, now, log_length =
  unpack(ARGV)

-- Every key is read before the first write: one that holds something foreign ends the script here.
local incarnation, revision, bound =
  unpack(redis.call('HMGET', meta, 'incarnation', 'revision', 'space'))
if not incarnation then
  return {'unknown_collection'}
end
local held = redis.call('HGET', exemplars, id)
local held_arrays = redis.call('HGET', arrays, id)
local held_clip = redis.call('HGET', clips, id)
local count = redis.call('ZLEXCOUNT', index, '[' .. action .. '\0', '(' .. action .. '\1')
redis.call('XLEN', log)

if held then
  if held == record and held_arrays == packed_arrays and held_clip == packed_clip then
    return {'added', incarnation, tonumber(revision), count}
  end
  return {'exemplar_exists'}
end
if bound ~= '' and bound ~= space then
  return {'space_mismatch', bound}
end

revision = string.format('%.0f', revision + 1)
redis.call('XADD', log, 'MAXLEN', log_length, revision .. '-0',
  'kind', 'exemplar_added', 'at', now, 'action', action, 'space', space, 'ids', id)
redis.call('HSET', meta, 'revision', revision, 'space', space)
if bound == '' then
  -- An empty collection has no arrays; a release before migrations may have left some.
  redis.call('UNLINK', arrays)
end
if count == 0 then
  redis.call('HINCRBY', meta, 'actions', 1)
end
redis.call('HSET', exemplars, id, record)
redis.call('HSET', arrays, id, packed_arrays)
redis.call('HSET', clips, id, packed_clip)
redis.call('ZADD', index, 0, member)
return {'added', incarnation, tonumber(revision), count + 1}
