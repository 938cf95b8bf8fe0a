-- Takes tokens from a bucket, in one step.
--
-- KEYS[1]  the bucket: "level time", in millionths of a token and in microseconds; not there when it is full
-- ARGV     how many tokens it holds, how long it takes to fill (in microseconds), how many tokens are wanted
-- answers  tokens granted, whole tokens left, microseconds until the next one, microseconds until it is full
--
-- All numbers are whole and below 2^53, which is as far as Lua counts exactly.

local TOKEN = 1000000
local capacity = tonumber(ARGV[1]) * TOKEN
local window = tonumber(ARGV[2])
local wanted = tonumber(ARGV[3])

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])

local level = capacity
local held, since = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+)$')
-- A time far ahead is from before the clock was set back.
if held and tonumber(since) - now <= window then
  local passed = math.max(0, now - tonumber(since))
  level = math.min(capacity, tonumber(held) + math.floor(passed * capacity / window))
end

local granted = math.min(wanted, math.floor(level / TOKEN))
level = level - granted * TOKEN
local full_in = math.ceil((capacity - level) * window / capacity)
local next_in = 0
if level < TOKEN then
  next_in = math.ceil((TOKEN - level) * window / capacity)
end

-- Who gets nothing changes nothing. A full bucket need not be kept.
if granted > 0 then
  local milliseconds = math.max(1, math.ceil(full_in / 1000))
  redis.call('SET', KEYS[1], string.format('%.0f %.0f', level, now), 'PX', string.format('%.0f', milliseconds))
end
return {granted, math.floor(level / TOKEN), next_in, full_in}
