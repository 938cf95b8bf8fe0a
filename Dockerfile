# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# Registry and build folder are caches: dependencies are compiled again only when they change.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --profile dist --package threshold-server \
    && install -D target/dist/threshold /image/usr/local/bin/threshold \
    && install -d /image/data

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin threshold
COPY --from=build --chown=root:root /image/usr/local/bin/threshold /usr/local/bin/threshold
COPY --from=build --chown=threshold:threshold /image/data /data
USER threshold
WORKDIR /
# All addresses of the container; what of it is public is decided outside.
ENV THRESHOLD_ENV=production \
    THRESHOLD_SERVER__LISTEN=0.0.0.0:8080 \
    THRESHOLD_OBSERVABILITY__METRICS_LISTEN=0.0.0.0:9464 \
    THRESHOLD_DATABASE__URL=sqlite:///data/threshold.db
VOLUME /data
EXPOSE 8080 9464
HEALTHCHECK --interval=10s --timeout=4s --start-period=5s CMD ["threshold", "healthcheck"]
ENTRYPOINT ["threshold"]
CMD ["serve"]
