-- The call of a Mac's script to /gen_manifest.

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"

function call(serial, site, build)
   return wrk.format(nil, nil, nil, "serial=" .. serial .. "&site=" .. site .. "&build=" .. build)
end
