"""What schemathesis is told of the gateway: values for its scalars, among them ids of things that there are, and what
every answer must be like, whatever was asked.

An answer is sound if the gateway neither failed nor gave up, and every error is one that the documentation names.
"""

import json
import os
import urllib.request

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

# As docs/operations.md has them, without those that tell of a fault or of giving up.
CODES = {
    "BAD_REQUEST",
    "BAD_USER_INPUT",
    "FORBIDDEN",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "OPERATION_RESOLUTION_FAILURE",
    "QUERY_TOO_COMPLEX",
}

# The lists to take ids from.
LISTS = [
    "advertisers", "apiKeys", "campaigns", "commissionRules", "commissions", "customers", "deals", "events",
    "partnerGroups", "partners", "partnershipRequests", "payouts", "tieredCommissions",
]  # fmt: skip


def known_ids():
    """A few ids of each kind, as an admin sees them: a partner asks for what it must not see, too."""
    fields = " ".join(f"{name}(first: 3) {{ nodes {{ id }} }}" for name in LISTS)
    labels = "partnerTiers { id } partnerCategories { id } paymentStages { id } customFields { id options { id } }"
    body = {"query": f"{{ {fields} {labels} viewer {{ tenant {{ id }} }} }}"}
    request = urllib.request.Request(
        os.environ["DEMO_URL"],
        json.dumps(body).encode(),
        {"content-type": "application/json", "authorization": f"Bearer {os.environ['DEMO_ADMIN_TOKEN']}"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        answer = json.load(response)

    def ids(value):
        if isinstance(value, dict):
            for key, below in value.items():
                if key == "id":
                    yield below
                else:
                    yield from ids(below)
        elif isinstance(value, list):
            for below in value:
                yield from ids(below)

    found = sorted(set(ids(answer["data"])))
    assert len(found) > 10, f"too few ids: {answer}"
    return found


KNOWN_IDS = known_ids()
UNKNOWN_IDS = sorted({f"{known.rsplit('_', 1)[0]}_01h2xcejqtf2nbrexx3vqjhp41" for known in KNOWN_IDS})
ANY_ID = st.one_of(
    st.sampled_from(KNOWN_IDS),
    st.sampled_from(KNOWN_IDS),
    st.sampled_from(UNKNOWN_IDS),
    st.text(max_size=40),
)
DECIMALS = st.one_of(
    st.decimals(min_value=0, max_value=1000, places=2).map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(["0", "-0", "-1", "0.005", "99999999999999.99", "1e5", "79228162514264337593543950335", "NaN", ""]),
)
MOMENTS = st.one_of(
    st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    st.sampled_from(["2026-03-01T12:00:00+14:00", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "now", ""]),
)
DAYS = st.one_of(st.dates().map(str), st.sampled_from(["2024-02-29", "2023-02-29", "10000-01-01", ""]))
CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "XXX", "eur", "EURO", ""])

# Mostly such as a page or a number of months may have.
INTEGERS = st.one_of(st.integers(0, 20), st.integers(0, 20), st.integers(-1, 501), st.integers(-(2**31), 2**31 - 1))

schemathesis.graphql.scalar("Int", INTEGERS.map(nodes.Int))
schemathesis.graphql.scalar("ID", ANY_ID.map(nodes.String))
schemathesis.graphql.scalar("Decimal", DECIMALS.map(nodes.String))
schemathesis.graphql.scalar("DateTime", MOMENTS.map(nodes.String))
schemathesis.graphql.scalar("Date", DAYS.map(nodes.String))
schemathesis.graphql.scalar("CurrencyCode", CURRENCIES.map(nodes.String))
JSON = st.recursive(
    st.one_of(st.booleans().map(nodes.Boolean), st.integers().map(nodes.Int), st.text().map(nodes.String)),
    lambda values: st.lists(values, max_size=4).map(nodes.List),
    max_leaves=10,
)
schemathesis.graphql.scalar("JSON", JSON)
REPRESENTATIONS = st.tuples(st.sampled_from(["Partner", "PartnerGroup", "Campaign", "Commission", "Deal"]), ANY_ID)


def representation(named):
    fields = zip(["__typename", "id"], named)
    return graphql.ObjectValueNode(
        fields=tuple(
            graphql.ObjectFieldNode(name=graphql.NameNode(value=name), value=nodes.String(value))
            for name, value in fields
        )
    )


schemathesis.graphql.scalar("_Any", REPRESENTATIONS.map(representation))


def needless(field):
    """Arguments without which the field makes more sense. Only well-formed ones: others may be the very mistake that
    the document is made for."""
    values = {argument.name.value: argument.value for argument in field.arguments}

    def is_text(name):
        return isinstance(values.get(name), (graphql.StringValueNode, graphql.NullValueNode))

    def is_number(name):
        value = values.get(name)
        is_int = isinstance(value, graphql.IntValueNode) and abs(int(value.value)) < 2**31
        return is_int or isinstance(value, graphql.NullValueNode)

    if is_number("first") and is_number("last"):
        yield "first" if isinstance(values["first"], graphql.NullValueNode) else "last"
    # Most texts are no cursors; a few are still sent.
    for name in ["after", "before"]:
        if is_text(name) and len(getattr(values[name], "value", "")) < 8:
            yield name
    if is_text("id") and is_text("externalId"):
        yield "externalId" if getattr(values["id"], "value", "") in KNOWN_IDS else "id"


class Sensible(graphql.Visitor):
    """Leaves out of each field what contradicts the rest: made-up documents give every argument there is."""

    def leave_field(self, field, *_):
        dropped = set(needless(field))
        return graphql.FieldNode(
            name=field.name,
            alias=field.alias,
            arguments=tuple(argument for argument in field.arguments if argument.name.value not in dropped),
            directives=field.directives,
            selection_set=field.selection_set,
        )


@schemathesis.hook
def map_body(ctx, body):
    return graphql.visit(body, Sensible())


@schemathesis.check
def sound_answer(ctx, response, case):
    """The gateway did not fail, did not give up, and says so in its own words if it refuses."""
    if response.status_code >= 500:
        raise AssertionError(f"the gateway answers {response.status_code}: {response.text[:2000]}")
    answer = response.json()
    assert isinstance(answer, dict), f"the answer is no object: {response.text[:2000]}"
    errors = answer.get("errors", [])
    assert errors or answer.get("data") is not None, f"neither data nor errors: {response.text[:2000]}"
    for error in errors:
        extensions = error.get("extensions", {})
        if extensions.get("code") not in CODES:
            raise AssertionError(f"an error of the code {extensions.get('code')}: {json.dumps(error)[:2000]}")
        assert extensions.get("requestId"), f"an error without its requestId: {json.dumps(error)[:2000]}"
