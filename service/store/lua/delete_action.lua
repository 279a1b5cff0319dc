#!lua flags=allow-oom
-- Removes an action with its exemplars.
-- KEYS: meta, exemplars, clips, index, log, arrays of every space listed
-- ARGV: space and spaces as read, action, now, log length
-- Returns deleted (incarnation, revision) | unknown_collection | spaces_moved | unknown_action.
local meta, exemplars, clips, index, log = unpack(KEYS)
local space, seen_spaces, action, now, log_length = unpack(ARGV)

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
local members = redis.call('ZRANGEBYLEX', index, '[' .. action .. '\0', '(' .. action .. '\1')
redis.call('HLEN', exemplars)
redis.call('HLEN', clips)
redis.call('XLEN', log)
for i = 6, #KEYS do
  redis.call('HLEN', KEYS[i])
end
if #members == 0 then
  return {'unknown_action'}
end
local ids = {}
for i, member in ipairs(members) do
  ids[i] = string.match(member, '[^%z]+$')
end

revision = string.format('%.0f', revision + 1)
redis.call('XADD', log, 'MAXLEN', log_length, revision .. '-0',
  'kind', 'action_deleted', 'at', now, 'action', action, 'space', space,
  'ids', table.concat(ids, ' '))
for i, id in ipairs(ids) do
  redis.call('HDEL', exemplars, id)
  redis.call('HDEL', clips, id)
  for k = 6, #KEYS do
    redis.call('HDEL', KEYS[k], id)
  end
  redis.call('ZREM', index, members[i])
end
redis.call('HINCRBY', meta, 'actions', -1)
if redis.call('ZCARD', index) == 0 then
  -- What is left in any space then has no exemplar.
  redis.call('UNLINK', unpack(KEYS, 6))
  space, spaces = '', ''
end
redis.call('HSET', meta, 'revision', revision, 'space', space, 'spaces', spaces)
return {'deleted', incarnation, tonumber(revision)}
