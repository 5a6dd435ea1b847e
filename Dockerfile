# syntax=docker/dockerfile:1
# The gateway in an image of its own: `docker build -t tributary .`, then `docker run -p 8080:8080 tributary serve --demo`.

# GraphiQL's files, which the build embeds, so that its page works without a network.
FROM node:22-bookworm-slim AS graphiql
WORKDIR /src
COPY scripts/graphiql-assets scripts/
COPY tools/graphiql/ tools/graphiql/
RUN scripts/graphiql-assets

# The manifests of all crates, and nothing else: as long as they stay the same, the next builds find the dependencies compiled.
FROM debian:bookworm-slim AS manifests
WORKDIR /src
COPY . .
RUN find . -type f ! -name Cargo.toml ! -name Cargo.lock ! -path './.cargo/*' -delete

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY --from=manifests /src .
RUN mkdir -p src tests/it /data \
    && echo 'fn main() {}' | tee src/main.rs benches/engines.rs > tests/it/main.rs \
    && for crate in . entity migration crates/* benches/load; do mkdir -p $crate/src && touch $crate/src/lib.rs; done \
    && cargo build --profile dist --locked --package tributary
COPY . .
COPY --from=graphiql /src/assets/graphiql/ assets/graphiql/
# Makes the sources newer than what was compiled from the empty ones, whatever their times in the build context.
RUN find . -path ./target -prune -o \( -name lib.rs -o -name main.rs -o -name build.rs \) -exec touch {} + \
    && cargo build --profile dist --locked --bin tributary

# No shell and no package manager: the C library, certificates and an unprivileged account.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/dist/tributary /usr/local/bin/tributary
# The default folder of SQLite's file.
COPY --from=build --chown=nonroot:nonroot /data /data
VOLUME /data
WORKDIR /data
ENV TRIBUTARY_LISTEN=0.0.0.0:8080 \
    TRIBUTARY_HEALTH_LISTEN=0.0.0.0:8081 \
    TRIBUTARY_LOG_FORMAT=json
USER nonroot
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/bin/tributary", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/tributary"]
CMD ["serve"]
