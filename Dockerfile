# docker build -t dunnage .
#
# The stage named `build` leaves the finished binary in /out, so that a binary built elsewhere can take its
# place: docker build --build-context build=FOLDER-WITH-out .

FROM swift:6.3-bookworm AS build
WORKDIR /source
COPY scripts/install-dependencies.sh scripts/
RUN scripts/install-dependencies.sh build && rm -rf /var/lib/apt/lists/*
# SwiftPM reads the folders of all targets before it builds one, so the tests come along.
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product dunnage \
    && install -D -s -m 755 .build/release/dunnage /out/dunnage

FROM debian:bookworm-slim
# `--build-arg EXTRA_PACKAGES=gpg` adds what reading gpg-encrypted stores takes.
ARG EXTRA_PACKAGES=""
# hadolint ignore=DL3008,SC2086
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libcurl4 libdeflate0 libexpat1 libisal2 liblzma5 libsqlite3-0 libssl3 libstdc++6 libyaml-0-2 \
        tzdata zlib1g \
        ${EXTRA_PACKAGES} \
    && apt-get clean && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 65532 dunnage \
    && useradd --uid 65532 --gid 65532 --no-create-home --home-dir /state --shell /usr/sbin/nologin dunnage \
    # New volumes take over these modes: any `user:` can write to them.
    && install -d -m 1777 /state /backups /restore \
    && install -d /config /source
COPY --from=build /out/dunnage /usr/local/bin/dunnage
USER 65532:65532
WORKDIR /state
# No HEALTHCHECK: the container runs one command and ends; its exit code is the result.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/dunnage"]
CMD ["--help"]
