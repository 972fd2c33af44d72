-- Every call is another Mac, registered before. Argument: the number of the first one.

require "report"
require "calls"

local mac

function init(args)
   mac = tonumber(args[1]) - 1
end

function request()
   mac = mac + 1
   return call(string.format("MAC%07d", mac), "london", "design")
end
