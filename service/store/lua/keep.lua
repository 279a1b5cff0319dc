#!lua
-- Keeps arrays of one space beside those the collection is matched with. Raises no revision.
-- KEYS: meta, exemplars, arrays (of the space)   ARGV: space, then id and parcel for each
-- Returns kept | unknown_collection.
local meta, exemplars, arrays = unpack(KEYS)
local space = ARGV[1]

-- Every key is read before the first write: one that holds something foreign ends the script here.
local bound, spaces = unpack(redis.call('HMGET', meta, 'space', 'spaces'))
if not bound then
  return {'unknown_collection'}
end
spaces = spaces or ''
redis.call('HLEN', arrays)
local standing = {}
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', exemplars, ARGV[i]) == 1 then
    standing[#standing + 1] = i
  end
end
if #standing == 0 then
  return {'kept'}
end

if space ~= bound and not string.find(' ' .. spaces .. ' ', ' ' .. space .. ' ', 1, true) then
  redis.call('HSET', meta, 'spaces', spaces == '' and space or spaces .. ' ' .. space)
end
for _, i in ipairs(standing) do
  redis.call('HSETNX', arrays, ARGV[i], ARGV[i + 1])
end
return {'kept'}
