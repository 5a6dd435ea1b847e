# Each recipe is plain cargo or a script; nothing here is needed to work on Tributary.

# What CI checks.
check: lint test deny

# Tests on SQLite and, in a throwaway server, on PostgreSQL. Among them: schema.graphql is current.
test:
    scripts/with-postgres cargo test --workspace --locked

lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Licences, sources and banned crates; skipped where cargo-deny is not installed.
deny:
    if command -v cargo-deny >/dev/null; then cargo deny check bans licenses sources; else echo "cargo-deny is not installed: skipped"; fi

# Writes schema.graphql anew. By way of target/, because a build that fails must not empty it.
schema:
    cargo run --quiet -- schema > target/schema.graphql
    mv target/schema.graphql schema.graphql

# GraphiQL's files, for the next build where it cannot ask npm itself.
graphiql:
    scripts/graphiql-assets

# What the specification of GraphQL over HTTP asks, checked by its own audits.
http-audit:
    scripts/http-audit

# Which documents are sound, what comes of equal keys, and what documents answer over rows, compared with the reference
# implementation. `just graphql-js --seed 2` draws others.
graphql-js *args:
    scripts/graphql-js {{args}}

# Apollo Client, urql, Relay's compiler, Apollo's gateway and the example's typed client, against the demo.
clients:
    scripts/clients

# The table of docs/security.md: what small requests that ask for much take of a release build.
attacks $TRIBUTARY_ATTACKED_ROWS="300000" $TRIBUTARY_ATTACK_SECONDS="3":
    cargo build --profile dist --locked
    TRIBUTARY_TEST_PROGRAM="$PWD/target/dist/tributary" scripts/with-postgres \
      cargo test --test it --locked gateway::heavy -- --nocapture --test-threads=1

# The manifests of ops/kubernetes, against the schemas of Kubernetes.
kubernetes:
    scripts/kubernetes-validate

# GraphiQL, and the explorer that stands in for it, in headless Chromium. `just graphiql-test docs/images` makes its picture anew.
graphiql-test *folder:
    scripts/graphiql-test {{folder}}

# examples/portal beside the demo, until it is stopped; prints the links.
portal:
    scripts/portal

# The portal in headless Chromium. `just portal-test docs/images` makes the pictures of the documentation anew.
portal-test *folder:
    scripts/portal-test {{folder}}

# Made-up queries and mutations, 10 of each field or as many as you say.
fuzz examples="10":
    scripts/schemathesis {{examples}}

# The clients graphql-ws and graphql-sse hear what happens, on SQLite and on two replicas over PostgreSQL.
subscription-clients:
    scripts/with-postgres scripts/subscription-clients

# The packages standardwebhooks of npm and PyPI verify what is told, on SQLite and by two replicas over PostgreSQL.
webhook-receivers:
    scripts/with-postgres scripts/webhook-receivers

# The gateway with a tenant full of sample data; prints the address and two tokens.
demo:
    cargo run --release -- serve --demo

# How fast the pure engines are.
bench *args:
    cargo bench {{args}}

# How fast the gateway is beside the fastest server for the same answers: docs/performance.md says how to read it.
# `just bench-load --sqlite` is over SQLite, `just bench-load --help` names the rest.
bench-load *args:
    cargo build --profile dist --locked --package tributary --package bench-load
    scripts/bench-postgres target/dist/bench-load {{args}}

# What it costs to spread rows over two workers of Citus, whose sources are in that folder.
bench-citus source *args:
    cargo build --profile dist --locked --package tributary --package bench-load
    scripts/bench-citus {{source}} target/dist/bench-load citus {{args}}
