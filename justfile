# Each recipe is plain cargo or a script; none is needed for working on Tributary.

# What CI checks.
check: lint test deny

# Tests on SQLite and, in a throwaway server, on PostgreSQL; also checks that schema.graphql is current.
test:
    scripts/with-postgres cargo test --workspace --locked

lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Licences, sources and banned crates; skipped where cargo-deny is not installed.
deny:
    if command -v cargo-deny >/dev/null; then cargo deny check bans licenses sources; else echo "cargo-deny is not installed: skipped"; fi

# Regenerates schema.graphql. Through target/, because a failing build must not empty the file.
schema:
    cargo run --quiet -- schema > target/schema.graphql
    mv target/schema.graphql schema.graphql

# GraphiQL's files, for the next build on a machine that cannot fetch them from npm.
graphiql:
    scripts/graphiql-assets

# The requirements of the GraphQL over HTTP specification, checked by its own audits.
http-audit:
    scripts/http-audit

# Compares with the reference implementation: which documents are valid, how equal response keys are merged, and the
# results of documents over rows. `just graphql-js --seed 2` draws other documents.
graphql-js *args:
    scripts/graphql-js {{args}}

# Apollo Client, urql, Relay's compiler, Apollo's gateway and the example's typed client, against the demo.
clients:
    scripts/clients

# The tables of docs/security.md: the resources that a release build uses for small requests that ask for much, for crowds and
# for strangers.
attacks $TRIBUTARY_ATTACKED_ROWS="300000" $TRIBUTARY_ATTACK_SECONDS="3":
    cargo build --profile dist --locked
    TRIBUTARY_TEST_PROGRAM="$PWD/target/dist/tributary" scripts/with-postgres \
      cargo test --test it --locked -- gateway::heavy gateway::strangers webhooks::names --nocapture --test-threads=1

# The manifests of ops/kubernetes, against the schemas of Kubernetes.
kubernetes:
    scripts/kubernetes-validate

# GraphiQL in headless Chromium. `just graphiql-test docs/images` updates its
# picture.
graphiql-test *folder:
    scripts/graphiql-test {{folder}}

# examples/portal with the demo, until it is stopped; prints the links.
portal:
    scripts/portal

# Links and the script of brands' pages in headless Chromium and Firefox.
tracking-test:
    scripts/tracking-test

# The portal in headless Chromium. `just portal-test docs/images` updates the pictures of the documentation.
portal-test *folder:
    scripts/portal-test {{folder}}

# Made-up queries and mutations, 10 of each field or the number given.
fuzz examples="10":
    scripts/schemathesis {{examples}}

# The clients graphql-ws and graphql-sse receive events, on SQLite and from two replicas over PostgreSQL.
subscription-clients:
    scripts/with-postgres scripts/subscription-clients

# The packages standardwebhooks of npm and PyPI verify deliveries, on SQLite and from two replicas over PostgreSQL.
webhook-receivers:
    scripts/with-postgres scripts/webhook-receivers

# The gateway with a tenant full of sample data; prints the address and two tokens.
demo:
    cargo run --release -- serve --demo

# Speed of the pure engines.
bench *args:
    cargo bench {{args}}

# Speed of the gateway beside the fastest server for the same responses: docs/performance.md says how to read it.
# `just bench-load --sqlite` measures over SQLite, `just bench-load --help` shows the other options.
bench-load *args:
    cargo build --profile dist --locked --package tributary --package bench-load
    scripts/bench-postgres target/dist/bench-load {{args}}

# The cost of distributing rows over two workers of Citus, whose sources are in the folder `source`.
bench-citus source *args:
    cargo build --profile dist --locked --package tributary --package bench-load
    scripts/bench-citus {{source}} target/dist/bench-load citus {{args}}
