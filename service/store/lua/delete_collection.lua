#!lua flags=allow-oom
-- Removes a collection with its contents.
-- KEYS: meta, exemplars, arrays, clips, index, log   ARGV: space the arrays key is of
-- Returns deleted | unknown_collection | space_moved.
local space = redis.call('HGET', KEYS[1], 'space')
if not space then
  return {'unknown_collection'}
end
if space ~= ARGV[1] then
  return {'space_moved'}
end
redis.call('UNLINK', unpack(KEYS))
return {'deleted'}
