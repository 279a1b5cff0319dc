#!lua flags=allow-oom
-- Removes an action with its exemplars.
-- KEYS: meta, exemplars, arrays, clips, index, log
-- ARGV: space the arrays key is of, action, now, log length
-- Returns deleted (incarnation, revision) | unknown_collection | space_moved | unknown_action.
local meta, exemplars, arrays, clips, index, log = unpack(KEYS)
local space, action, now, log_length = unpack(ARGV)

-- Every key is read before the first write: one that holds something foreign ends the script here.
local incarnation, revision, bound =
  unpack(redis.call('HMGET', meta, 'incarnation', 'revision', 'space'))
if not incarnation then
  return {'unknown_collection'}
end
if bound ~= space then
  return {'space_moved'}
end
local members = redis.call('ZRANGEBYLEX', index, '[' .. action .. '\0', '(' .. action .. '\1')
redis.call('HLEN', exemplars)
redis.call('HLEN', arrays)
redis.call('HLEN', clips)
redis.call('XLEN', log)
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
  redis.call('HDEL', arrays, id)
  redis.call('HDEL', clips, id)
  redis.call('ZREM', index, members[i])
end
redis.call('HINCRBY', meta, 'actions', -1)
if redis.call('ZCARD', index) == 0 then
  space = ''
end
redis.call('HSET', meta, 'revision', revision, 'space', space)
return {'deleted', incarnation, tonumber(revision)}
