#!lua flags=allow-oom
-- Removes one exemplar, and with the last its action.
-- KEYS: meta, exemplars, clips, index, log, arrays of every space listed
-- ARGV: space and spaces as read, action, id, now, log length
-- Returns deleted (incarnation, revision)
--   | unknown_collection | spaces_moved | unknown_action | unknown_exemplar.
local meta, exemplars, clips, index, log = unpack(KEYS)
local space, seen_spaces, action, id, now, log_length = unpack(ARGV)

-- Every key is read before the first write: one that holds something foreign ends the script here.
local incarnation, revision, bound, spaces =
  unpack(redis.call('HMGET', meta, 'incarnation', 'revision', 'space', 'spaces'))
if not incarnation then
  return {'unknown_collection'}
end
spaces = spaces or ''
if bound ~= space or spaces ~= seen_spaces then
  return {'spaces_moved'}
end
local count = redis.call('ZLEXCOUNT', index, '[' .. action .. '\0', '(' .. action .. '\1')
local held = redis.call('HGET', exemplars, id)
redis.call('HLEN', clips)
redis.call('XLEN', log)
for i = 6, #KEYS do
  redis.call('HLEN', KEYS[i])
end
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
redis.call('HDEL', clips, id)
for i = 6, #KEYS do
  redis.call('HDEL', KEYS[i], id)
end
redis.call('ZREM', index, head .. id)
if count == 1 then
  redis.call('HINCRBY', meta, 'actions', -1)
end
if redis.call('ZCARD', index) == 0 then
  -- What is left in any space then has no exemplar.
  redis.call('UNLINK', unpack(KEYS, 6))
  space, spaces = '', ''
end
redis.call('HSET', meta, 'revision', revision, 'space', space, 'spaces', spaces)
return {'deleted', incarnation, tonumber(revision)}
