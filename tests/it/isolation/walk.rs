//! Everything that the schema can show, asked for with a partner's token: generated from the SDL, so that whatever is
//! added is walked, too.

use std::collections::HashSet;
use std::fmt::Write;

use serde_json::Value;

use crate::support::programme::{Programme, ids_in, representation};
use crate::support::{Sdl, both_databases};

/// What campaigns and groups are called elsewhere goes with their names, also of the campaign that A is promised something
/// for and does not belong to.
const NAMED: [&str; 5] = [
    "hidden-alpha group",
    "hidden-alpha-hidden",
    "hidden-alpha-second",
    "hidden-bravo-other",
    "bravo campaign",
];

/// How many links deep the walk goes: partner, group, partners. It begins at every kind of node, so that every link is
/// followed from wherever another leads; each link more takes ten times as long.
const DEPTH: usize = 3;

/// Arguments for every root field, among them those that ask for what the partner must not see.
pub fn calls(p: &Programme, foreign: &Programme) -> Vec<(&'static str, Vec<String>)> {
    let by_name = |field: &'static str, ids: Vec<&String>, external_ids: &[&str]| {
        let ids = ids.into_iter().map(|id| format!("(id: {id:?})"));
        let external_ids = external_ids.iter().map(|id| format!("(externalId: {id:?})"));
        (field, ids.chain(external_ids).collect::<Vec<_>>())
    };
    let everything: Vec<String> = everything(p).into_iter().chain(everything(foreign)).collect();
    let representations: Vec<String> = everything.iter().filter_map(|id| representation(id)).collect();
    let every_id: Vec<String> = everything.iter().map(|id| format!("{id:?}")).collect();
    let filters = [
        r#"search: "bravo""#.to_owned(),
        r#"search: """#.to_owned(),
        r#"search: "example""#.to_owned(),
        format!("groupId: {:?}", p.group),
        format!("groupId: {:?}", p.other_group),
        format!("campaignId: {:?}", p.campaign),
        format!("campaignId: {:?}", p.other_campaign),
        format!(
            "groupIds: [{:?}, {:?}], externalIds: [\"bravo-1\", \"alpha-1\"]",
            p.group, p.other_group
        ),
        format!(
            "campaignIds: [{:?}, {:?}], createdFrom: \"2020-01-01T00:00:00Z\"",
            p.campaign, p.other_campaign
        ),
        "type: [AFFILIATE]".to_owned(),
        "status: [ACTIVE, REVOKED]".to_owned(),
    ];
    let filters = filters.map(|filter| format!("(first: 500, filter: {{ {filter} }})"));
    let orders = ["NAME", "CREATED_AT"].map(|order| format!("(last: 500, orderBy: {{ field: {order} }})"));
    let list = || vec![String::new(), "(first: 500)".to_owned(), "(last: 500)".to_owned()];
    vec![
        ("advertisers", list()),
        by_name(
            "campaign",
            vec![&p.campaign, &p.other_campaign, &foreign.campaign],
            &["hidden-bravo-other"],
        ),
        (
            "campaigns",
            [
                format!("(filter: {{ partnerId: {:?} }})", p.b),
                format!("(filter: {{ partnerId: {:?} }})", p.a),
                format!("(filter: {{ partnerIds: [{:?}, {:?}] }})", p.a, p.b),
                r#"(filter: { search: "hidden", createdFrom: "2020-01-01T00:00:00Z", createdTo: "2030-01-01T00:00:00Z" })"#
                    .to_owned(),
                r#"(filter: { search: "campaign" })"#.to_owned(),
                "(first: 500, orderBy: { field: NAME })".to_owned(),
            ]
            .into_iter()
            .chain(list())
            .collect(),
        ),
        by_name(
            "commission",
            vec![&p.commission, &p.other_commission, &foreign.commission],
            &[],
        ),
        (
            "commissions",
            [
                format!("(filter: {{ partnerId: {:?} }})", p.b),
                format!("(filter: {{ partnerId: {:?}, campaignId: {:?} }})", p.a, p.campaign),
                format!(
                    "(filter: {{ partnerIds: [{:?}, {:?}], campaignIds: [{:?}], recipients: [\"bravo\"] }})",
                    p.a, p.b, p.other_campaign
                ),
                r#"(filter: { currency: "USD", accruedFrom: "2020-01-01T00:00:00Z" }, orderBy: { field: AMOUNT })"#
                    .to_owned(),
                r#"(filter: { status: [APPROVED], kind: [EVENT], recipient: "bravo" })"#.to_owned(),
                r#"(filter: { accruedTo: "2030-01-01T00:00:00Z", matureBefore: "2030-01-01T00:00:00Z" })"#.to_owned(),
                r#"(filter: { currency: "EUR", minAmount: "-1000", maxAmount: "1000", matureFrom: "2020-01-01T00:00:00Z", approvedFrom: "2020-01-01T00:00:00Z", approvedTo: "2030-01-01T00:00:00Z" })"#.to_owned(),
            ]
            .into_iter()
            .chain(list())
            .collect(),
        ),
        (
            "commissionSeries",
            vec![r#"(interval: DAY, from: "2026-02-01T00:00:00Z", to: "2026-04-01T00:00:00Z")"#.to_owned()],
        ),
        (
            "commissionReport",
            vec![
                r#"(groupBy: [PARTNER, CAMPAIGN, KIND, STATUS, LINK], interval: MONTH, from: "2026-02-01T00:00:00Z", to: "2026-04-01T00:00:00Z")"#.to_owned(),
                format!(
                    r#"(groupBy: [PARTNER], timeBasis: OCCURRED, from: "2026-02-01T00:00:00Z", to: "2026-04-01T00:00:00Z", filter: {{ partnerId: {:?} }})"#,
                    p.b
                ),
            ],
        ),
        (
            "statement",
            [&p.a, &p.b, &foreign.a]
                .map(|partner| {
                    format!(r#"(partnerId: {partner:?}, currency: "USD", from: "2026-02-01T00:00:00Z", to: "2026-03-01T12:00:01Z")"#)
                })
                .into_iter()
                .collect(),
        ),
        (
            "eventDecisionTotals",
            vec![
                r#"(from: "2026-02-01T00:00:00Z", to: "2026-04-01T00:00:00Z")"#.to_owned(),
                format!(
                    r#"(from: "2026-02-01T00:00:00Z", to: "2026-04-01T00:00:00Z", partnerId: {:?})"#,
                    p.b
                ),
            ],
        ),
        by_name("payoutRun", vec![&p.payout_run, &foreign.payout_run], &[]),
        ("payoutRuns", list()),
        by_name("backtest", vec![&p.backtest, &foreign.backtest], &[]),
        ("backtests", list()),
        by_name("commissionRule", vec![&p.pipeline.rule, &foreign.pipeline.rule], &[]),
        (
            "commissionRules",
            [
                r#"(filter: { search: "hidden", partnerType: AFFILIATE, paymentTarget: PARTNERSHIP })"#.to_owned(),
                r#"(filter: { partnerType: RESELLER })"#.to_owned(),
                "(filter: { partnerTypes: [RESELLER, AFFILIATE] })".to_owned(),
            ]
            .into_iter()
            .chain(list())
            .collect(),
        ),
        by_name("customer", vec![], &["hidden-alpha", "hidden-bravo", "hidden-foreign"]),
        (
            "customers",
            list()
                .into_iter()
                .chain([
                    r#"(filter: { search: "a" })"#.to_owned(),
                    r#"(filter: { externalIds: ["hidden-bravo", "hidden-alpha"] })"#.to_owned(),
                    "(first: 500, orderBy: { field: ACQUIRED_AT })".to_owned(),
                ])
                .collect(),
        ),
        by_name("touch", vec![&p.touch, &p.other_touch, &foreign.touch], &[]),
        (
            "touches",
            [
                format!("(filter: {{ partnerIds: [{:?}], campaignIds: [{:?}], kind: [REFERRAL] }})", p.b, p.campaign),
                r#"(filter: { occurredFrom: "2020-01-01T00:00:00Z", occurredTo: "2030-01-01T00:00:00Z" })"#.to_owned(),
            ]
            .into_iter()
            .chain(list())
            .collect(),
        ),
        by_name("link", vec![&p.link, &p.other_link, &foreign.link], &[]),
        (
            "links",
            [
                r#"(filter: { search: "bravo", keys: ["bravo-link"] })"#.to_owned(),
                format!("(filter: {{ partnerIds: [{:?}], campaignIds: [{:?}], status: [ACTIVE] }})", p.b, p.campaign),
                r#"(filter: { createdFrom: "2020-01-01T00:00:00Z", createdTo: "2030-01-01T00:00:00Z" })"#.to_owned(),
            ]
            .into_iter()
            .chain(list())
            .collect(),
        ),
        by_name("coupon", vec![&p.coupon, &p.other_coupon, &foreign.coupon], &[]),
        (
            "coupons",
            [
                r#"(filter: { search: "bravo" })"#.to_owned(),
                format!("(filter: {{ partnerIds: [{:?}], campaignIds: [{:?}], status: [ACTIVE] }})", p.b, p.campaign),
                r#"(filter: { createdFrom: "2020-01-01T00:00:00Z", createdTo: "2030-01-01T00:00:00Z" })"#.to_owned(),
            ]
            .into_iter()
            .chain(list())
            .collect(),
        ),
        ("customFields", vec![String::new()]),
        by_name(
            "deal",
            vec![&p.pipeline.deal, &p.pipeline.other_deal, &foreign.pipeline.deal],
            &["alpha-deal", "bravo-deal", "foreign-deal"],
        ),
        (
            "deals",
            [
                format!("(filter: {{ partnerId: {:?} }})", p.b),
                format!("(filter: {{ stageId: {:?} }})", p.pipeline.other_stage),
                format!(
                    "(filter: {{ stageIds: [{:?}], partnerIds: [{:?}] }})",
                    p.pipeline.other_stage, p.b
                ),
                r#"(filter: { externalIds: ["bravo-deal", "foreign-deal"] })"#.to_owned(),
                r#"(filter: { search: "bravo" })"#.to_owned(),
                r#"(filter: { search: "deal", outcome: [OPEN, WON, LOST] })"#.to_owned(),
                "(first: 500, orderBy: { field: NAME })".to_owned(),
                r#"(filter: { currency: "USD", minValue: "1", maxValue: "1000", createdFrom: "2020-01-01T00:00:00Z", createdTo: "2030-01-01T00:00:00Z" }, orderBy: { field: VALUE })"#.to_owned(),
            ]
            .into_iter()
            .chain(list())
            .collect(),
        ),
        by_name("event", vec![], &["alpha-event", "bravo-event", "foreign-event"]),
        (
            "events",
            list()
                .into_iter()
                .chain([
                    format!("(filter: {{ partnerId: {:?}, kind: [CHARGE] }})", p.b),
                    r#"(filter: { externalIds: ["bravo-event", "foreign-event"] })"#.to_owned(),
                    format!("(filter: {{ partnerIds: [{:?}], types: [\"bravo\"] }})", p.b),
                    "(first: 500, orderBy: { field: OCCURRED_AT })".to_owned(),
                ])
                .collect(),
        ),
        ("paymentStages", vec![String::new()]),
        by_name("payout", vec![&p.payout, &p.other_payout, &foreign.payout], &[]),
        (
            "payouts",
            list()
                .into_iter()
                .chain([
                    format!("(filter: {{ partnerId: {:?} }})", p.b),
                    r#"(filter: { currency: "USD" }, orderBy: { field: AMOUNT })"#.to_owned(),
                ])
                .collect(),
        ),
        ("node", every_id.iter().map(|id| format!("(id: {id})")).collect()),
        ("nodes", vec![format!("(ids: [{}])", every_id.join(", "))]),
        (
            "_entities",
            vec![format!("(representations: [{}])", representations.join(", "))],
        ),
        ("_service", vec![String::new()]),
        by_name(
            "partner",
            vec![&p.a, &p.b, &foreign.a],
            &["alpha-1", "bravo-1", "foreign-1"],
        ),
        ("partnerCategories", vec![String::new()]),
        by_name(
            "partnerGroup",
            vec![&p.group, &p.other_group, &foreign.group],
            &["hidden-alpha group"],
        ),
        (
            "partnerGroups",
            list()
                .into_iter()
                .chain(["(first: 500, orderBy: { field: NAME })".to_owned()])
                .collect(),
        ),
        ("partnerTiers", vec![String::new()]),
        ("partners", list().into_iter().chain(filters).chain(orders).collect()),
        by_name(
            "partnershipRequest",
            vec![&p.request, &p.decided_request, &foreign.request],
            &[],
        ),
        (
            "partnershipRequests",
            list()
                .into_iter()
                .chain([
                    "(status: PENDING)".to_owned(),
                    format!("(filter: {{ status: [PENDING, APPROVED], campaignIds: [{:?}] }})", p.campaign),
                ])
                .collect(),
        ),
        by_name(
            "tieredCommission",
            vec![&p.tiered, &p.other_tiered, &foreign.tiered],
            &[],
        ),
        (
            "tieredCommissions",
            [
                format!("(filter: {{ partnerId: {:?} }})", p.a),
                format!("(filter: {{ partnerId: {:?} }})", p.b),
                format!("(filter: {{ campaignId: {:?}, status: [ACTIVE] }})", p.campaign),
                format!("(filter: {{ advertiserId: {:?} }})", p.advertiser),
                r#"(filter: { search: "tier" })"#.to_owned(),
            ]
            .into_iter()
            .chain(list())
            .collect(),
        ),
        ("apiKeys", list()),
        by_name("webhookEndpoint", vec![&p.webhook_endpoint, &foreign.webhook_endpoint], &[]),
        ("webhookEndpoints", vec![String::new()]),
        ("webhookDeliveries", list()),
        (
            "auditLog",
            list()
                .into_iter()
                .chain([
                    format!("(filter: {{ objectId: {:?} }})", p.b),
                    r#"(filter: { actor: "ann", operation: "createPartner" })"#.to_owned(),
                ])
                .collect(),
        ),
        ("viewer", vec![String::new()]),
    ]
}

fn everything(p: &Programme) -> Vec<String> {
    let ids = [
        &p.group,
        &p.other_group,
        &p.default_group,
        &p.tier,
        &p.category,
        &p.advertiser,
        &p.campaign,
        &p.second_campaign,
        &p.other_campaign,
        &p.a,
        &p.b,
        &p.link,
        &p.other_link,
        &p.coupon,
        &p.other_coupon,
        &p.request,
        &p.decided_request,
        &p.commission,
        &p.other_commission,
        &p.payout,
        &p.other_payout,
        &p.tiered,
        &p.other_tiered,
        &p.api_key,
        &p.webhook_endpoint,
        &p.webhook_delivery,
    ];
    let ids = ids.into_iter().chain(p.pipeline.ids());
    ids.cloned().chain([p.tenant.id.to_string()]).collect()
}

/// A document that asks `root` for every field, down to [`DEPTH`] links; one fragment a type and level keeps it short.
pub fn document(sdl: &Sdl, root: &str, arguments: &str) -> String {
    let field = sdl
        .fields("Query")
        .iter()
        .find(|field| field.name == root)
        .expect("a root field");
    let mut fragments = String::new();
    let mut written = HashSet::new();
    let mut open = vec![(field.type_name.clone(), DEPTH)];
    while let Some((type_name, depth)) = open.pop() {
        if !written.insert((type_name.clone(), depth)) {
            continue;
        }
        let mut selection = "__typename".to_owned();
        let places = ["Node", "_Entity", "PartnerGroupRule"];
        let shares_its_place = places.iter().any(|place| sdl.members(place).contains(&type_name));
        for member in sdl.members(&type_name) {
            if sdl.fields(member).is_empty() {
                continue;
            }
            write!(selection, " ...{member}{depth}").unwrap();
            open.push((member.clone(), depth));
        }
        for field in sdl.fields(&type_name) {
            let is_leaf = sdl.fields(&field.type_name).is_empty() && sdl.members(&field.type_name).is_empty();
            // What is computed makes every link below it slow: it is seen where the walk begins.
            if type_name == "Link" && ["performance", "url"].contains(&field.name.as_str()) && depth < DEPTH {
                continue;
            }
            // Types that stand in one place may call different things by one name.
            let alias = match shares_its_place {
                true => format!("{type_name}_{}: ", field.name),
                false => String::new(),
            };
            if is_leaf {
                write!(selection, " {alias}{}", field.name).unwrap();
                continue;
            }
            // Pages and their entries are no links of their own.
            let below = if ["Connection", "Edge"].iter().any(|end| type_name.ends_with(end)) {
                depth
            } else {
                depth.saturating_sub(1)
            };
            if below == 0 {
                continue;
            }
            let takes = |name: &str| field.arguments.iter().any(|argument| argument.name == name);
            let first = if takes("first") && type_name == "Backtest" {
                "(currency: \"USD\", first: 500)"
            } else if type_name == "Backtest" && field.name == "event" {
                "(id: \"evt_01h2xcejqtf2nbrexx3vqjhp41\")"
            } else if field.name == "performance" {
                r#"(interval: MONTH, from: "2026-02-01T00:00:00Z", to: "2026-04-01T00:00:00Z")"#
            } else if field.name == "leftOut" {
                "(format: PAYPAL, first: 500)"
            } else if takes("first") {
                "(first: 500)"
            } else if takes("at") {
                "(at: \"2026-03-01T12:00:01Z\")"
            } else {
                ""
            };
            write!(
                selection,
                " {alias}{}{first} {{ ...{}{below} }}",
                field.name, field.type_name
            )
            .unwrap();
            open.push((field.type_name.clone(), below));
        }
        write!(
            fragments,
            " fragment {type_name}{depth} on {type_name} {{ {selection} }}"
        )
        .unwrap();
    }
    format!("{{ {root}{arguments} {{ ...{}{DEPTH} }} }}{fragments}", field.type_name)
}

/// Lists that were counted must hold as many entries as the partner sees.
fn check_counts(value: &Value) {
    match value {
        Value::Object(map) => {
            if let (Some(count), Some(nodes)) = (map.get("totalCount"), map.get("nodes").and_then(Value::as_array)) {
                assert_eq!(count.as_u64(), Some(nodes.len() as u64), "{value}");
            }
            map.values().for_each(check_counts);
        }
        Value::Array(list) => list.iter().for_each(check_counts),
        _ => {}
    }
}

#[test]
fn the_walk_knows_every_root_field_and_every_filter() {
    let sdl = Sdl::read();
    let source = include_str!("walk.rs");
    for field in sdl.names("Query") {
        assert!(
            source.contains(&format!("\"{field}\"")),
            "the walk lacks the root field {field}"
        );
    }
    for input in [
        "PartnerFilter",
        "CampaignFilter",
        "DealFilter",
        "CommissionRuleFilter",
        "TieredCommissionFilter",
    ] {
        for field in sdl.names(input) {
            assert!(
                source.contains(&format!("{field}: ")),
                "the walk lacks the filter {input}.{field}"
            );
        }
    }
}

#[apply(both_databases)]
async fn a_partner_sees_only_what_is_its_own_through_any_field(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "foreign", "foreignother").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let sdl = Sdl::read();
    let own = p
        .staff
        .data_with(
            "query($id: ID!) { partner(id: $id) { id group { id } commissionSnapshots { id } campaigns { nodes { id } }
             links { nodes { id } } coupons { nodes { id } } commissions { nodes { id event { id attribution { id } } payout { id } } }
             deals { nodes { id stage { id } customFields { customField { id } option { id } } } } }
             viewer { tenant { id } } }",
            serde_json::json!({ "id": p.a }),
        )
        .await;
    let mut own: HashSet<String> = ids_in(&own).into_iter().map(|(_, id)| id).collect();
    // Itself, group, two campaigns, the tenant, and four promises: one an approval, one at its creation, two amendments;
    // a commission with its event, attribution and payout; a deal with its stage, its field and option, and its commission; a link and a coupon.
    assert_eq!(own.len(), 20, "{own:?}");
    // And the campaign that one of the promises is for, which it does not belong to.
    own.insert(p.other_campaign.clone());
    own.insert(p.touch.clone());
    for scopes in [
        "admin",
        "partners:read partner_groups:read campaigns:read coupons:read links:read events:read commissions:read payouts:read deals:read commission_rules:read tiered_commissions:read api_keys:read webhooks:read audit:read",
    ] {
        let a = app.partner_with(&p.tenant, &p.a, scopes);
        let mut seen = HashSet::new();
        for (root, arguments) in calls(&p, &foreign) {
            assert!(!arguments.is_empty(), "{root}");
            for arguments in arguments {
                let answer = a.ask(&document(&sdl, root, &arguments)).await;
                let text = NAMED
                    .iter()
                    .fold(answer.comparable(), |text, name| text.replace(name, ""));
                assert!(answer.body["errors"].is_null(), "{root}{arguments}: {text}");
                for word in ["bravo", "hidden", "foreign", "41.414141"] {
                    assert!(!text.contains(word), "{root}{arguments} shows {word}: {text}");
                }
                for (path, id) in ids_in(&answer.body) {
                    assert!(own.contains(&id), "{root}{arguments} shows {id} at {path}");
                    seen.insert(id);
                }
                check_counts(&answer.body);
            }
        }
        // Nobody but staff may ask for these at all.
        for root in ["erasures"] {
            let answer = a.ask(&document(&sdl, root, "")).await;
            assert_eq!(answer.codes(), ["FORBIDDEN"], "{root}");
        }
        // The walk went far enough to see all that there is to see.
        assert_eq!(seen, own);
    }
}

#[apply(both_databases)]
async fn the_terms_in_force_of_each_campaign_show_a_partner_nothing_of_others(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "foreign", "foreignother").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let (sdl, a) = (Sdl::read(), app.partner(&p.tenant, &p.a));
    let walk = document(&sdl, "viewer", "");
    assert!(walk.contains("termsInForce {"), "{walk}");
    for (campaign, shown) in [
        (&p.campaign, true),
        (&p.second_campaign, true),
        (&p.other_campaign, true),
        (&foreign.campaign, false),
    ] {
        let of_campaign = walk.replace("termsInForce {", &format!("termsInForce(campaignId: {campaign:?}) {{"));
        let answer = a.ask(&of_campaign).await;
        let text = NAMED
            .iter()
            .fold(answer.comparable(), |text, name| text.replace(name, ""));
        assert!(answer.body["errors"].is_null(), "{text}");
        for word in ["bravo", "hidden", "foreign"] {
            assert!(!text.contains(word), "{campaign} shows {word}: {text}");
        }
        assert_eq!(
            answer.body["data"]["viewer"]["partner"]["Partner_termsInForce"].is_object(),
            shown,
            "{campaign}: {text}"
        );
    }
}

#[apply(both_databases)]
async fn what_is_for_staff_is_forbidden_or_empty_for_a_partner(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let a = app.partner(&p.tenant, &p.a);
    for filter in [
        format!("partners(filter: {{ tierId: {:?} }})", p.tier),
        format!("partners(filter: {{ categoryId: {:?} }})", p.category),
        r#"partners(filter: { tag: "hidden tag" })"#.to_owned(),
        format!("partners(filter: {{ tierIds: [{:?}] }})", p.tier),
        format!("partners(filter: {{ categoryIds: [{:?}] }})", p.category),
        r#"partners(filter: { tags: ["hidden"] })"#.to_owned(),
        format!("campaigns(filter: {{ advertiserId: {:?} }})", p.advertiser),
        format!("campaigns(filter: {{ advertiserIds: [{:?}] }})", p.advertiser),
        r#"campaigns(filter: { externalIds: ["hidden-bravo-other"] })"#.to_owned(),
        "campaigns(orderBy: { field: STARTS_AT })".to_owned(),
        "campaigns(filter: { status: [ACTIVE] })".to_owned(),
    ] {
        let answer = a.ask(&format!("{{ {filter} {{ totalCount }} }}")).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{filter}: {}", answer.body);
    }
    let data = a.data(
        "{ viewer { partner { tags metadata tier { id } categories { id } transitions { at }
                group { description externalId tags currency rules { description } }
                commissionSnapshots { reason source } campaigns { nodes { externalId terms { basis } holdbackDays startsAt endsAt advertiser { id } } } } }
              partnerTiers { id } partnerCategories { id } advertisers { totalCount } partnershipRequests { totalCount }
              commissionRules { totalCount nodes { id } } tieredCommissions { totalCount nodes { id } } apiKeys { totalCount nodes { id } } webhookEndpoints { id } webhookDeliveries { totalCount nodes { id } } auditLog { totalCount nodes { id } } customFields { label externalId options { label externalId } }
              paymentStages { label externalId } deals { nodes { name externalId owner forecast { entry } commissions { nodes {
                explanation { source detail } deal { name } } } } } }",
    ).await;
    let nothing = |external_id| serde_json::json!({ "externalId": external_id, "terms": [], "holdbackDays": null, "startsAt": null, "endsAt": null, "advertiser": null });
    let promise = |source| serde_json::json!({ "reason": null, "source": source });
    assert_eq!(
        data,
        serde_json::json!({
            "viewer": { "partner": {
                "tags": [], "metadata": null, "tier": null, "categories": [], "transitions": [],
                "group": { "description": null, "externalId": "hidden-alpha group", "tags": [], "currency": null, "rules": [] },
                "commissionSnapshots": [promise("REQUEST_APPROVAL"), promise("AMENDMENT"), promise("AMENDMENT"), promise("INVITE")],
                "campaigns": { "nodes": [nothing("hidden-alpha-hidden"), nothing("hidden-alpha-second")] },
            } },
            "partnerTiers": [], "partnerCategories": [], "advertisers": { "totalCount": 0 }, "partnershipRequests": { "totalCount": 0 },
            "commissionRules": { "totalCount": 0, "nodes": [] },
            "tieredCommissions": { "totalCount": 0, "nodes": [] },
            "apiKeys": { "totalCount": 0, "nodes": [] },
            "webhookEndpoints": [], "webhookDeliveries": { "totalCount": 0, "nodes": [] }, "auditLog": { "totalCount": 0, "nodes": [] },
            "customFields": [{
                "label": "alpha field", "externalId": null, "options": [{ "label": "alpha option", "externalId": null }],
            }],
            "paymentStages": [{ "label": "alpha stage", "externalId": null }],
            "deals": { "nodes": [{
                "name": "alpha deal", "externalId": "alpha-deal", "owner": "alpha owner", "forecast": [],
                "commissions": { "nodes": [{
                    "deal": { "name": "alpha deal" },
                    "explanation": [
                        { "source": "commission rule", "detail": "the one-off part" },
                        { "source": "scaling", "detail": "8.00 USD" },
                        { "source": "amount", "detail": "8.00 USD, fixed" },
                        { "source": "rounding", "detail": "8.00 USD needs no rounding" },
                    ],
                }] },
            }] },
        })
    );
    // Staff does see it, so the test looks in the right places.
    let seen = p.staff.data_with(
        "query($id: ID!) { partner(id: $id) { tags metadata tier { label } transitions { reason } commissionSnapshots { reason } } }",
        serde_json::json!({ "id": p.a }),
    ).await.to_string();
    assert_eq!(seen.matches("hidden").count(), 6, "{seen}");
}
