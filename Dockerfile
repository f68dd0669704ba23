# docker build -t dunnage:local .
# docker build -t dunnage:local-tools --target tools .      with the programs that dump databases
#
# The stage named `build` leaves in /out the finished binary and what it was made of, so that a binary built elsewhere can
# take its place: docker build --build-context build=FOLDER-WITH-out .
#
# For the same image from the same commit at any time: --build-arg SNAPSHOT=20261101T000000Z takes Debian's packages as
# they were then, --build-arg SOURCE_DATE_EPOCH=… sets the dates of what is made here. See docs/docker.md.

FROM swift:6.3-bookworm AS build
WORKDIR /source
COPY scripts/install-dependencies.sh scripts/
RUN scripts/install-dependencies.sh build && rm -rf /var/lib/apt/lists/*
# SwiftPM reads the folders of all targets before it builds one, so the tests come along.
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product dunnage \
    && install -D -s -m 755 .build/release/dunnage /out/dunnage \
    && install -m 644 Package.resolved /out/ \
    && swift --version > /out/swift-version

FROM debian:bookworm-slim AS base
ARG SNAPSHOT=""
ARG SOURCE_DATE_EPOCH
ARG EXTRA_PACKAGES=""
# `--build-arg EXTRA_PACKAGES=gpg` adds what reading gpg-encrypted stores takes.
# hadolint ignore=SC2086
RUN --mount=type=bind,source=scripts/image-packages.sh,target=/mnt/image-packages.sh \
    /mnt/image-packages.sh \
        ca-certificates libcurl4 libdeflate0 libexpat1 libisal2 liblzma5 libsqlite3-0 libssl3 libstdc++6 libyaml-0-2 \
        tzdata zlib1g ${EXTRA_PACKAGES} \
    && groupadd --gid 65532 dunnage \
    && useradd --uid 65532 --gid 65532 --no-create-home --home-dir /state --shell /usr/sbin/nologin dunnage \
    && rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- \
    # New volumes take over these modes: any `user:` can write to them.
    && install -d -m 1777 /state /backups /restore \
    && install -d /config /source
# STATE_DIRECTORY is where a configuration without `runtime.state_dir` keeps its state. DUNNAGE_IMAGE has PUID, PGID and
# UMASK heeded.
ENV DUNNAGE_IMAGE=1 STATE_DIRECTORY=/state
WORKDIR /state
STOPSIGNAL SIGTERM
# A service that has come to a stand is unhealthy. A container of one command is never: its exit code is the result.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["sh", "-c", "! tr '\\0' ' ' < /proc/1/cmdline | grep -q 'dunnage serve ' || exec dunnage healthcheck"]
ENTRYPOINT ["/usr/local/bin/dunnage"]
CMD ["--help"]
ARG VERSION=""
ARG REVISION=""
LABEL org.opencontainers.image.title="Dunnage" \
    org.opencontainers.image.description="Backups that a YAML file describes, in Duplicati's storage format" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"

FROM base AS tools
ARG SNAPSHOT=""
ARG SOURCE_DATE_EPOCH
RUN --mount=type=bind,source=scripts/image-packages.sh,target=/mnt/image-packages.sh \
    /mnt/image-packages.sh \
        git gpg gpg-agent mariadb-client openssh-client postgresql-client redis-tools sqlite3
COPY --from=build /out/dunnage /usr/local/bin/dunnage
COPY --from=build /out/Package.resolved /out/swift-version /usr/share/dunnage/
USER 65532:65532

FROM base AS dunnage
COPY --from=build /out/dunnage /usr/local/bin/dunnage
COPY --from=build /out/Package.resolved /out/swift-version /usr/share/dunnage/
USER 65532:65532
