# syntax=docker/dockerfile:1
# The server and the command line in one image. docs/how-to/run-in-a-container.md says how to run it and what the
# sandbox needs.

ARG SWIFT_VERSION=6.3.1
FROM swift:${SWIFT_VERSION}-bookworm AS builder
# The packages of the distribution are those of its latest point release; the linter asks for exact versions.
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends libsqlite3-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# The dependencies change less often than the sources: their layer is kept.
COPY Package.swift ./
RUN swift package resolve
# The package cannot be read without the folders of its test targets; they are not built.
COPY Sources ./Sources
COPY Tests ./Tests
COPY migrations ./migrations
COPY openapi ./openapi
# Swift's own libraries go into the binary, so that the final image needs none of them.
RUN swift build --configuration release --product assay --static-swift-stdlib \
    && install -D "$(swift build --configuration release --product assay --static-swift-stdlib --show-bin-path)/assay" \
        /out/assay \
    && strip /out/assay

FROM debian:bookworm-slim
# What training code finds inside the sandbox: the machine's own /usr. Set it to "" for a server without a worker.
ARG TRAINING_PACKAGES="python3-numpy"
# git: sources with patches. bubblewrap: the sandbox. skopeo: images that recipes name. curl: the health check.
# hadolint ignore=DL3008,SC2086
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        bubblewrap ca-certificates curl git libsqlite3-0 libstdc++6 skopeo zlib1g ${TRAINING_PACKAGES} \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 assay \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/assay --shell /usr/sbin/nologin assay \
    && install --directory --owner assay --group assay --mode 0700 /var/lib/assay
COPY --from=builder --chmod=0755 /out/assay /usr/local/bin/assay

USER 10001:10001
ENV ASSAY_DATA=/var/lib/assay ASSAY_HOST=0.0.0.0 ASSAY_PORT=7447
VOLUME /var/lib/assay
WORKDIR /var/lib/assay
EXPOSE 7447
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["curl", "--silent", "--fail", "--output", "/dev/null", "http://127.0.0.1:7447/readyz"]
ENTRYPOINT ["/usr/local/bin/assay"]
CMD ["serve"]
