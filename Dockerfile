# syntax=docker/dockerfile:1
# The gateway in an image of its own: `docker build -t tributary .`, then `docker run -p 8080:8080 tributary serve --demo`.

# GraphiQL's files, which the build embeds, so that its page works without a network.
FROM node:22-bookworm-slim AS graphiql
WORKDIR /src
COPY scripts/graphiql-assets scripts/
COPY tools/graphiql/ tools/graphiql/
RUN scripts/graphiql-assets

FROM rust:1.95-bookworm AS build
WORKDIR /src
# Only the manifests first: as long as they do not change, later builds reuse the compiled dependencies.
COPY Cargo.toml Cargo.lock ./
COPY .cargo/ .cargo/
COPY domain/Cargo.toml domain/
COPY entity/Cargo.toml entity/
COPY migration/Cargo.toml migration/
COPY benches/load/Cargo.toml benches/load/
RUN mkdir -p src domain/src entity/src migration/src benches/load/src tests/it /data \
    && echo 'fn main() {}' | tee src/main.rs benches/engines.rs benches/load/src/main.rs > tests/it/main.rs \
    && touch src/lib.rs domain/src/lib.rs entity/src/lib.rs migration/src/lib.rs \
    && cargo build --profile dist --locked --package tributary \
    && rm -r src domain/src entity/src migration/src benches tests
COPY . .
COPY --from=graphiql /src/assets/graphiql/ assets/graphiql/
# Makes the sources newer than what was compiled from the empty ones, whatever their times in the build context.
RUN touch src/main.rs src/lib.rs domain/src/lib.rs entity/src/lib.rs migration/src/lib.rs build.rs \
    && cargo build --profile dist --locked --bin tributary

# No shell and no package manager: the C library, certificates and an unprivileged account.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/dist/tributary /usr/local/bin/tributary
# The default folder of SQLite's file.
COPY --from=build --chown=nonroot:nonroot /data /data
VOLUME /data
WORKDIR /data
ENV TRIBUTARY_LISTEN=0.0.0.0:8080 \
    TRIBUTARY_LOG_FORMAT=json
USER nonroot
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/bin/tributary", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/tributary"]
CMD ["serve"]
