# The base is an argument: any image of Debian's family with Python 3.11 or newer and venv. With its
# digest (NAME@sha256:…) it is the same one each time. `--target slim` leaves out photos, pictures
# and buckets.
ARG BASE=python:3.13-slim
# What runs, for its libraries' bytecode. One that is not met here only starts slower.
ARG MODULES="http.client, rollcall.cli.health, bot.delivery.transport, provisioning.outbox.relay, \
rollcall.parts.jobs, psycopg, rollcall.webserver.processes, rollcall.wsgi, \
server.board.blueprint, server.auth.providers.slack, rollcall.parts.people, \
bot.app, slack_bolt.adapter.flask, slack_bolt.adapter.socket_mode, sqlalchemy.dialects.postgresql"

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
        ! -regex '.*/\(de\|en\|es\|fr\|ja\)\.dat' -delete \
    # Of Amazon's services, 28 MB, buckets and those that give credentials for them.
    && find /opt/rollcall -path '*/botocore/data/*/*' -type f \
        ! -regex '.*/data/\(s3\|signin\|sso\|sso-oidc\|sts\)/.*' -delete
# Signing in by LDAP: `--build-arg LDAP=1`. The library is compiled, here alone; Debian's own Python
# has its headers in a package, that of python:… has them beside it.
ARG LDAP
RUN [ -z "$LDAP" ] || { apt-get update \
    && headers=$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))') \
    && apt-get install --yes --no-install-recommends gcc libc6-dev libldap-dev libsasl2-dev \
        $([ -e "$headers/Python.h" ] || echo python3-dev) \
    && VIRTUAL_ENV=/opt/rollcall /opt/pipenv/bin/pipenv sync --categories ldap; }
COPY . .
# Readable for every user, whatever the umask of the checkout was.
RUN rm Pipfile Pipfile.lock packages.txt && chmod -R u=rwX,go=rX .

# A category of the Pipfile for each would be shorter here, and then `pipenv install`, which admins
# know, would leave them out everywhere.
FROM build AS less
RUN /opt/pipenv/bin/pip --python /opt/rollcall/bin/python uninstall --quiet --yes \
    boto3 botocore jmespath pillow pillow-heif python-dateutil s3transfer six zxing-cpp

FROM ${BASE} AS runtime
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
    && apt-get install --yes --no-install-recommends $packages \
    && rm -r /var/lib/apt/lists/* /var/cache/apt/*; }
# `ldap-utils`, for the libraries that it stands on: Debian calls them otherwise in each release.
ARG LDAP
RUN [ -z "$LDAP" ] || { apt-get update \
    && apt-get install --yes --no-install-recommends ldap-utils \
    && rm -r /var/lib/apt/lists/* /var/cache/apt/*; }
RUN groupadd --gid 1000 rollcall \
    && useradd --uid 1000 --gid 1000 --no-create-home --shell /usr/sbin/nologin rollcall \
    && mkdir /alerts /data /munki_repo && chown 1000:1000 /alerts /data /munki_repo
WORKDIR /app
VOLUME ["/munki_repo", "/data"]
EXPOSE 5000
# All that was started in this container: one part, or everything.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/app/boot.sh", "health"]
ENTRYPOINT ["/app/boot.sh"]

FROM runtime AS slim
COPY --from=less /opt/rollcall /opt/rollcall
COPY --from=less /app /app
# Bytecode of all that is ours and of all modules that run, the standard library's too, which slim
# images come without: 22 MB, and a start takes 1.2 s instead of 3.2 s.
ARG MODULES
RUN python -m rollcall migrate && rm /data/* && python -m compileall -q . && python -c "import $MODULES"
# `make image` gives it. Last, because it is another one each time.
ARG VERSION=
ENV ROLLCALL_VERSION=$VERSION
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000

# The image. As `slim`, with all that was installed.
FROM runtime
COPY --from=build /opt/rollcall /opt/rollcall
COPY --from=build /app /app
ARG MODULES
RUN python -m rollcall migrate && rm /data/* && python -m compileall -q . && python -c "import $MODULES"
ARG VERSION=
ENV ROLLCALL_VERSION=$VERSION
USER 1000:1000
