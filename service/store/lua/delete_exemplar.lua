#!lua flags=allow-oom
-- Removes one exemplar, and with the last its action.
-- KEYS: meta, exemplars, arrays, clips, index, log
-- ARGV: space the arrays key is of, action, id, now, log length
-- Returns deleted (incarnation, revision)
--   | unknown_collection | space_moved | unknown_action | unknown_exemplar.
local meta, exemplars, arrays, clips, index, log = unpack(KEYS)
local space, action, id, now, log_length = unpack(ARGV)

-- Every key is read before the first write: one that holds something foreign ends the script here.
local incarnation, revision, bound =
  unpack(redis.call('HMGET', meta, 'incarnation', 'revision', 'space'))
if not incarnation then
  return {'unknown_collection'}
end
if bound ~= space then
  return {'space_moved'}
end
local count = redis.call('ZLEXCOUNT', index, '[' .. action .. '\0', '(' .. action .. '\1')
local held = redis.call('HGET', exemplars, id)
redis.call('HLEN', arrays)
redis.call('HLEN', clips)
redis.call('XLEN', log)
if count == 0 then
  return {'unknown_action'}
end
-- A record begins: action NUL created NUL
local head = held and string.match(held, '^[^%z]+%z[^%z]+%z')
if not head or string.sub(head, 1, #action + 1) ~= action .. '\0' then
  return {'unknown_exemplar'}
end

revision = string.format('%.0f', revision + 1)
redis.call('XADD', log, 'MAXLEN', log_length, revision .. '-0',
  'kind', 'exemplar_deleted', 'at', now, 'action', action, 'space', space, 'ids', id)
redis.call('HDEL', exemplars, id)
redis.call('HDEL', arrays, id)
redis.call('HDEL', clips, id)
redis.call('ZREM', index, head .. id)
if count == 1 then
  redis.call('HINCRBY', meta, 'actions', -1)
end
if redis.call('ZCARD', index) == 0 then
  space = ''
end
redis.call('HSET', meta, 'revision', revision, 'space', space)
return {'deleted', incarnation, tonumber(revision)}
