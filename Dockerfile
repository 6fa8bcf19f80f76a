# syntax=docker/dockerfile:1

# Builds everything that needs tools; nothing of it but the finished environment goes on.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/emailstats
# The dependencies first: they change less often than the code, so their layer is reused.
COPY requirements.lock ./
RUN /opt/emailstats/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY providers ./providers
COPY reports ./reports
COPY store ./store
COPY templates ./templates
RUN /opt/emailstats/bin/pip install --no-deps --no-build-isolation . \
    # pip and the build tools are of no use to the service, and of some to an intruder.
    && /opt/emailstats/bin/pip uninstall --yes hatchling editables setuptools pip \
    && python -m compileall -q /opt/emailstats/lib

FROM python:3.11-slim-bookworm
# An ordinary user with a fixed number, so that a volume's owner can be set from outside.
RUN groupadd --system --gid 10001 emailstats \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin emailstats \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/emailstats /opt/emailstats
# The root file system may be read-only (docker run --read-only --tmpfs /tmp): only /data and /tmp are written.
ENV PATH=/opt/emailstats/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    MPLCONFIGDIR=/tmp/matplotlib \
    EMAILSTATS_DATABASE__URL=sqlite:////data/emailstats.db \
    EMAILSTATS_WEB__HOST=0.0.0.0 \
    EMAILSTATS_WEB__PORT=8080
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['EMAILSTATS_WEB__PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["emailstats"]
CMD ["run"]
