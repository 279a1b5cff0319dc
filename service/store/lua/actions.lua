#!lua flags=no-writes,allow-oom
-- Reads one page of actions in order of name.
-- KEYS: meta, index   ARGV: name to begin behind, or '', limit
-- Returns actions and then, for each, its oldest and newest index member and its count
--   | unknown_collection.
local meta, index = unpack(KEYS)
local after, limit = ARGV[1], tonumber(ARGV[2])
if redis.call('EXISTS', meta) == 0 then
  return {'unknown_collection'}
end
local page = {}
local from = after == '' and '-' or '[' .. after .. '\1'
while #page < limit do
  local oldest = redis.call('ZRANGEBYLEX', index, from, '+', 'LIMIT', 0, 1)[1]
  if not oldest then
    break
  end
  local action = string.match(oldest, '^[^%z]+')
  local first, beyond = '[' .. action .. '\0', '(' .. action .. '\1'
  local newest = redis.call('ZREVRANGEBYLEX', index, beyond, first, 'LIMIT', 0, 1)[1]
  page[#page + 1] = {oldest, newest, redis.call('ZLEXCOUNT', index, first, beyond)}
  from = '[' .. action .. '\1'
end
return {'actions', page}
