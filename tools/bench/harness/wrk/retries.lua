-- The same 100 Macs ask again and again for what they have.

require "report"
require "calls"

local mac = -1

function request()
   mac = (mac + 1) % 100
   return call(string.format("MAC%07d", mac), "london", "design")
end
