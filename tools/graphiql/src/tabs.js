// The tabs that a new visitor finds.

// Short lines: the editor shows about 45 characters on a laptop.
export const defaultTabs = [
  {
    query: `# What would a partner earn? Ctrl-Enter runs it.
# Nothing is stored, and each step is explained.
# Amounts and percentages are strings: exact.
mutation SimulatePartnerGroup {
  simulatePartnerGroup(input: {
    rules: [
      { newCustomerTimeTier: {
          maxMonths: 3, percentage: "25" } }
      { recurring: { percentage: "10" } }
    ]
    scenarios: [{
      chargeAmount: "299.90"
      customerMonths: 2
      partnerLtv: "4500"
      qualifiedCustomers: 12
    }]
  }) {
    results {
      finalFee { amount currency }
      effectivePercentage
      explanation {
        source outcome detail amount
      }
    }
    userErrors { code field message }
  }
}
`,
    // A partner's token only reads.
    staffOnly: true,
  },
  {
    query: `# What a portal shows: what a partner has earned,
# why, and how far the next tier is.
query PartnerPortal($search: String) {
  partners(
    first: 1
    filter: { search: $search }
  ) {
    nodes {
      name
      balances {
        accruedAmount { amount currency }
        approvedAmount { amount currency }
        paidAmount { amount currency }
        payableAmount { amount currency }
      }
      tierProgress {
        tier metric value goal
        campaign { name }
      }
      commissions(first: 5) {
        nodes {
          kind
          status
          amount { amount currency }
          campaign { name }
          matureAt
          explanation { outcome detail amount }
        }
      }
      payouts(first: 5) {
        nodes {
          status
          amount { amount currency }
          createdAt
        }
      }
      deals(first: 5) {
        nodes {
          name
          value { amount currency }
          stage { label outcome }
        }
      }
    }
  }
}
`,
    variables: JSON.stringify({ search: "Blue Harbor" }, null, 2),
  },
  {
    query: `# Why did this earn nothing?
query WhyNothing(
  $from: DateTime!
  $to: DateTime!
) {
  eventDecisionTotals(from: $from, to: $to) {
    reason
    count
    amounts { amount currency }
  }
  events(
    first: 10
    filter: { earned: false }
  ) {
    nodes {
      externalId
      occurredAt
      amount { amount currency }
      attribution {
        partner { name }
        campaign { name }
      }
      decision {
        reason
        components { reason detail }
      }
    }
  }
}
`,
    // From the beginning of last year until now.
    variables: JSON.stringify(
      { from: `${new Date().getFullYear() - 1}-01-01T00:00:00Z`, to: new Date().toISOString() },
      null,
      2,
    ),
  },
  {
    query: `# Partners and what is linked to them.
# The next page: set "after" to this endCursor.
query PartnersPage(
  $first: Int
  $after: String
  $filter: PartnerFilter
) {
  partners(
    first: $first
    after: $after
    filter: $filter
  ) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      name
      email
      type
      status
      group { name default }
      tier { label }
      categories { label }
      commissionSnapshots {
        version
        source
        createdAt
        supersededAt
        campaign { name }
        terms {
          basis value currency trigger
        }
      }
      campaigns(first: 5) {
        nodes { name status }
      }
    }
  }
}
`,
    variables: JSON.stringify({ first: 10, after: null, filter: { status: ["ACTIVE"] } }, null, 2),
  },
  {
    query: `# Whose token is this? What may it do?
query WhoAmI {
  viewer {
    subject
    scopes
    tenant {
      name slug baseCurrency timeZone
    }
    partner { id name status }
  }
}
`,
  },
  {
    query: `# Runs until it is stopped: another tab may record
# an event, and its commission shows here.
subscription CommissionChanged {
  commissionChanged {
    id
    kind
    status
    amount { amount currency }
    partner { name }
    transitions { from to actor at }
  }
}
`,
  },
  {
    query: `# Campaigns and what they promise.
query Campaigns {
  campaigns(first: 20) {
    totalCount
    nodes {
      id
      name
      status
      startsAt
      endsAt
      holdbackDays
      advertiser { name }
      terms {
        basis
        value
        currency
        trigger
        eventType
        recurringMonths
      }
    }
  }
}
`,
  },
];
