#!lua
-- Makes an empty collection.
-- KEYS: meta   ARGV: incarnation, created
-- Returns created | collection_exists, and the incarnation that stands.
local standing = redis.call('HGET', KEYS[1], 'incarnation')
if standing then
  return {'collection_exists', standing}
end
redis.call('HSET', KEYS[1],
  'incarnation', ARGV[1], 'created', ARGV[2], 'revision', '0', 'space', '', 'actions', '0')
return {'created', ARGV[1]}
