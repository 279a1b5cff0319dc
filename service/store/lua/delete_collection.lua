#!lua flags=allow-oom
-- Removes a collection with its contents.
-- KEYS: meta, exemplars, clips, index, log, arrays of every space listed
-- ARGV: space and spaces as read; and of the collection that is always there, the incarnation and
-- creation of the empty one that takes its place
-- Returns deleted | unknown_collection | spaces_moved.
local space, spaces = unpack(redis.call('HMGET', KEYS[1], 'space', 'spaces'))
if not space then
  return {'unknown_collection'}
end
if space ~= ARGV[1] or (spaces or '') ~= ARGV[2] then
  return {'spaces_moved'}
end
redis.call('UNLINK', unpack(KEYS))
if ARGV[3] then
  redis.call('HSET', KEYS[1],
    'incarnation', ARGV[3], 'created', ARGV[4], 'revision', '0', 'space', '', 'actions', '0')
end
return {'deleted'}
