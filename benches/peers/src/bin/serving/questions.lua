-- Sends each line of the file BODIES as the body of a request, one after another.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

local requests = {}
local last = 0

function init()
   for body in io.lines(os.getenv("BODIES")) do
      requests[#requests + 1] = wrk.format(nil, nil, nil, body)
   end
end

function request()
   last = last % #requests + 1
   return requests[last]
end
