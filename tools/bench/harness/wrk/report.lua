-- The last line of wrk's output, for tools/bench/harness/load.py. wrk's times are in microseconds; an answer
-- of 400 or more is one of its `status` errors, and no route that is measured redirects.

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format(
      '{"answers": %d, "seconds": %f, "p99": %f, "refused": %d, "broken": %d}\n',
      summary.requests,
      summary.duration / 1e6,
      latency:percentile(99) / 1e3,
      errors.status,
      errors.connect + errors.read + errors.write + errors.timeout
   ))
end
