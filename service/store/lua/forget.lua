#!lua flags=allow-oom
-- Drops all arrays of a space that the collection is not bound to. Raises no revision.
-- KEYS: meta, arrays (of the space)   ARGV: space
-- Returns forgotten | unknown_collection | space_in_use.
local meta, arrays = unpack(KEYS)
local bound, spaces = unpack(redis.call('HMGET', meta, 'space', 'spaces'))
if not bound then
  return {'unknown_collection'}
end
if bound == ARGV[1] then
  return {'space_in_use'}
end
local left = {}
for space in string.gmatch(spaces or '', '%S+') do
  if space ~= ARGV[1] then
    left[#left + 1] = space
  end
end
redis.call('HSET', meta, 'spaces', table.concat(left, ' '))
redis.call('UNLINK', arrays)
return {'forgotten'}
