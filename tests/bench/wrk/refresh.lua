-- Uses refresh tokens up, each answer's token next: those of the file that is the first argument to begin with.
local tokens, first, last = {}, 1, 0

local function keep(token)
  last = last + 1
  tokens[last] = token
end

function init(arguments)
  for line in io.lines(arguments[1]) do keep(line) end
end

function request()
  local token = tokens[first]
  tokens[first] = nil
  first = first + 1
  local headers = { ["Content-Type"] = "application/json" }
  return wrk.format("POST", nil, headers, '{"refresh_token":"' .. token .. '"}')
end

function response(status, headers, body)
  keep(string.match(body, '"refresh_token":"([^"]+)"'))
end
