#!lua
-- Binds a collection to another space of which every exemplar has arrays, or is deleted with it.
-- KEYS: meta, exemplars, clips, index, log, arrays of every space listed, arrays of the new one
-- ARGV: space and spaces as read, space to leave, space to bind to, ids to delete, kind, now,
--   log length
-- Returns rebound (incarnation, revision)
--   | unknown_collection | spaces_moved | space_mismatch (bound) | not_embedded (how many).
local meta, exemplars, clips, index, log = unpack(KEYS)
local seen, seen_spaces, from, to, without, kind, now, log_length = unpack(ARGV)
local arrays = KEYS[#KEYS]

-- Every key is read before the first write: one that holds something foreign ends the script here.
local incarnation, revision, bound, spaces =
  unpack(redis.call('HMGET', meta, 'incarnation', 'revision', 'space', 'spaces'))
if not incarnation then
  return {'unknown_collection'}
end
spaces = spaces or ''
if bound ~= seen or spaces ~= seen_spaces then
  return {'spaces_moved'}
end
if bound == to then
  return {'rebound', incarnation, tonumber(revision)}
end
if bound ~= from then
  return {'space_mismatch', bound}
end
redis.call('HLEN', exemplars)
redis.call('HLEN', clips)
redis.call('XLEN', log)
for i = 6, #KEYS do
  redis.call('HLEN', KEYS[i])
end

local dropped = {}
for id in string.gmatch(without, '%S+') do
  dropped[id] = true
end
local standing, gone, lacking = {}, {}, 0
for _, member in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  local id = string.match(member, '[^%z]+$')
  if dropped[id] then
    gone[#gone + 1] = {id, member}
  else
    standing[id] = string.match(member, '^[^%z]+')
    if redis.call('HEXISTS', arrays, id) == 0 then
      lacking = lacking + 1
    end
  end
end
if lacking > 0 then
  return {'not_embedded', lacking}
end

local names = {}
for i, one in ipairs(gone) do
  names[i] = one[1]
end
revision = string.format('%.0f', revision + 1)
-- First, because it is the one write that can still be refused: by a log ahead of its collection.
redis.call('XADD', log, 'MAXLEN', log_length, revision .. '-0',
  'kind', kind, 'at', now, 'action', '', 'space', to, 'ids', table.concat(names, ' '))
for _, one in ipairs(gone) do
  local id, member = unpack(one)
  redis.call('HDEL', exemplars, id)
  redis.call('HDEL', clips, id)
  redis.call('ZREM', index, member)
end
-- Whatever has no exemplar goes: of those just deleted, and of those that a release before
-- migrations deleted, which knew the bound space only.
for i = 6, #KEYS do
  for _, id in ipairs(redis.call('HKEYS', KEYS[i])) do
    if not standing[id] then
      redis.call('HDEL', KEYS[i], id)
    end
  end
end
local actions, count = {}, 0
for _, action in pairs(standing) do
  if not actions[action] then
    actions[action] = true
    count = count + 1
  end
end
local others = {bound}
for space in string.gmatch(spaces, '%S+') do
  if space ~= to and space ~= bound then
    others[#others + 1] = space
  end
end

redis.call('HSET', meta, 'revision', revision, 'actions', count,
  'space', count > 0 and to or '', 'spaces', count > 0 and table.concat(others, ' ') or '')
return {'rebound', incarnation, tonumber(revision)}
