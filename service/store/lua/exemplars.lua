#!lua flags=no-writes,allow-oom
-- Reads an action's exemplars, oldest first.
-- KEYS: meta, exemplars, index   ARGV: action
-- Returns exemplars and then, for each, its id and its record
--   | unknown_collection | unknown_action.
local meta, exemplars, index = unpack(KEYS)
local action = ARGV[1]
if redis.call('EXISTS', meta) == 0 then
  return {'unknown_collection'}
end
local members = redis.call('ZRANGEBYLEX', index, '[' .. action .. '\0', '(' .. action .. '\1')
if #members == 0 then
  return {'unknown_action'}
end
local found = {}
for i, member in ipairs(members) do
  local id = string.match(member, '[^%z]+$')
  found[i] = {id, redis.call('HGET', exemplars, id) or ''}
end
return {'exemplars', found}
