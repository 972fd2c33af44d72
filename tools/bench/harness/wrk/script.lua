-- GET the first-boot script of one site and one build, as a lab of like Macs does.

require "report"

wrk.headers["X-bootstrap-site"] = "london"
wrk.headers["X-bootstrap-build"] = "design"
