# The base is an argument: any image of Debian's family with Python 3.11 or newer and venv.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIPENV_NOSPIN=1 PIPENV_VERBOSITY=-1
RUN python3 -m venv /opt/pipenv && /opt/pipenv/bin/pip install --quiet pipenv \
    && python3 -m venv --without-pip /opt/rollcall
WORKDIR /app
COPY Pipfile Pipfile.lock ./
# `sync` installs what is in the lock, by its hashes, and nothing else. `install --deploy` would
# refuse it: pipenv counts the package indexes of the machine that locked into the Pipfile's hash.
RUN VIRTUAL_ENV=/opt/rollcall /opt/pipenv/bin/pipenv sync \
    && find /opt/rollcall -type d '(' -name __pycache__ -o -name testing -o -name tests ')' \
        -prune -exec rm -r {} + \
    # Of Babel's 30 MB the languages that Rollcall speaks: those of provisioning/values/language/locale.
    && find /opt/rollcall -path '*/babel/locale-data/*.dat' ! -name root.dat \
        ! -regex '.*/\(de\|en\|es\|fr\|ja\)\.dat' -delete
COPY . .
# Readable for every user, whatever the umask of the checkout was.
RUN rm Pipfile Pipfile.lock packages.txt && chmod -R u=rwX,go=rX .

FROM ${BASE}
ENV PATH=/opt/rollcall/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ROLLCALL_DATABASE_URL=sqlite:////data/rollcall.sqlite3 \
    ROLLCALL_REPO_COPY=/data/munki-copy
# For a Munki repo in git, some 105 MB, and for names from right to left. `--build-arg PACKAGES=`
# leaves them out.
ARG PACKAGES
COPY packages.txt /
RUN packages=${PACKAGES-$(awk '!/^#/ && $3 ~ /image/ {print $1}' /packages.txt)} \
    && [ -z "$packages" ] || { apt-get update \
    && apt-get install --yes --no-install-recommends $packages && rm -r /var/lib/apt/lists/*; }
RUN groupadd --gid 1000 rollcall \
    && useradd --uid 1000 --gid 1000 --no-create-home --shell /usr/sbin/nologin rollcall \
    && mkdir /data /munki_repo
COPY --from=build /opt/rollcall /opt/rollcall
COPY --from=build /app /app
WORKDIR /app
# Bytecode of all modules that run, the standard library's too, which slim images come without:
# 21 MB, and a start takes 1.2 s instead of 3.2 s. One that is not met here only starts slower.
RUN python -m rollcall migrate && rm /data/* && chown 1000:1000 /data /munki_repo \
    && python -c 'import http.client, rollcall.cli.health, bot.delivery.transport, provisioning.outbox.relay, rollcall.parts.periodic, psycopg, \
rollcall.webserver.processes, rollcall.wsgi, server.board.blueprint, server.auth.providers.slack, slack_bolt.adapter.flask, slack_bolt.adapter.socket_mode, sqlalchemy.dialects.postgresql'
# `make image` gives it. Last, because it is another one each time.
ARG VERSION=
ENV ROLLCALL_VERSION=$VERSION
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
VOLUME ["/munki_repo", "/data"]
EXPOSE 5000
# All that was started in this container: one part, or everything.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/app/boot.sh", "health"]
ENTRYPOINT ["/app/boot.sh"]
