-- Each request from the next of so many clients, as a proxy would tell: the first argument.
local clients, number = 1, 0

function init(arguments)
  clients = tonumber(arguments[1])
end

function request()
  number = (number + 1) % clients
  wrk.headers["X-Forwarded-For"] = "100." .. 64 + math.floor(number / 65536) .. "." ..
    math.floor(number / 256) % 256 .. "." .. number % 256
  return wrk.format()
end
