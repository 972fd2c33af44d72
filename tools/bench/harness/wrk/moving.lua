-- The same 100 Macs, in any order and several calls for one Mac at once; every call sends its Mac
-- to the other site. Arguments: the build, another one in each round, so that the first call of a
-- Mac is a change too; the number of the round.

require "report"
require "calls"

local sites = { [0] = "london", [1] = "paris" }
local calls = {}
local build

function init(args)
   build = args[1]
   math.randomseed(tonumber(args[2]))
end

function request()
   local mac = math.random(0, 99)
   calls[mac] = (calls[mac] or 0) + 1
   return call(string.format("MOVING%04d", mac), sites[calls[mac] % 2], build)
end
