//! A thing of somebody else answers exactly like a thing that does not exist.

use crate::support::programme::{Programme, representation, unknown};
use crate::support::{Client, both_databases};

/// Asks for `id` and for an unknown id of its kind: both answers must be the same, and show nothing.
async fn same_as_unknown(client: &Client, root: &str, id: &str) {
    let document = |id: &str| match root {
        "nodes" => format!("{{ nodes(ids: [{id:?}]) {{ id }} }}"),
        "_entities" => format!(
            "{{ _entities(representations: [{}]) {{ __typename }} }}",
            representation(id).expect("an entity's id")
        ),
        root => format!("{{ {root}(id: {id:?}) {{ __typename id }} }}"),
    };
    let (of_other, of_nobody) = (
        client.ask(&document(id)).await,
        client.ask(&document(&unknown(id))).await,
    );
    assert_eq!(of_other.status, of_nobody.status);
    assert_eq!(
        of_other.comparable().replace(id, "ID"),
        of_nobody.comparable().replace(&unknown(id), "ID"),
        "{root}"
    );
    let shown = of_other.data();
    let shown = match root {
        "nodes" | "_entities" => &shown[root][0],
        root => &shown[root],
    };
    assert!(shown.is_null(), "{root}(id: {id:?}) shows {shown}");
}

fn roots(p: &Programme) -> Vec<(&'static str, &String)> {
    vec![
        ("partner", &p.a),
        ("partner", &p.b),
        ("partnerGroup", &p.group),
        ("partnerGroup", &p.default_group),
        ("campaign", &p.campaign),
        ("campaign", &p.other_campaign),
        ("partnershipRequest", &p.request),
        ("deal", &p.pipeline.deal),
        ("deal", &p.pipeline.other_deal),
        ("commission", &p.pipeline.commission),
        ("commissionRule", &p.pipeline.rule),
        ("tieredCommission", &p.tiered),
        ("tieredCommission", &p.other_tiered),
        ("webhookEndpoint", &p.webhook_endpoint),
    ]
}

/// Asks for it by its id alone, in every way there is.
async fn same_as_unknown_by_id(client: &Client, id: &str) {
    same_as_unknown(client, "node", id).await;
    same_as_unknown(client, "nodes", id).await;
    if representation(id).is_some() {
        same_as_unknown(client, "_entities", id).await;
    }
}

fn all(p: &Programme) -> Vec<&String> {
    let labels = [
        &p.tier,
        &p.category,
        &p.advertiser,
        &p.decided_request,
        &p.api_key,
        &p.webhook_delivery,
    ];
    let roots = roots(p).into_iter().map(|(_, id)| id).chain(labels);
    roots
        .chain([&p.pipeline.stage, &p.pipeline.field, &p.pipeline.free_field])
        .collect()
}

async fn snapshots_of(p: &Programme, partner: &str) -> Vec<String> {
    let document = format!("{{ partner(id: {partner:?}) {{ commissionSnapshots {{ id }} }} }}");
    let data = p.staff.data(&document).await;
    let ids: Vec<_> = data["partner"]["commissionSnapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(!ids.is_empty());
    ids
}

#[apply(both_databases)]
async fn ids_of_another_tenant_read_like_unknown_ones(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let snapshots = snapshots_of(&foreign, &foreign.a).await;
    let tenant = foreign.tenant.id.to_string();
    for client in [&p.staff, &app.partner(&p.tenant, &p.a)] {
        for (root, id) in roots(&foreign) {
            same_as_unknown(client, root, id).await;
        }
        for id in all(&foreign).into_iter().chain(&snapshots).chain([&tenant]) {
            same_as_unknown_by_id(client, id).await;
        }
    }
    // Its own staff does see them.
    for id in all(&foreign).into_iter().chain(&snapshots).chain([&tenant]) {
        let data = foreign.staff.data(&format!("{{ node(id: {id:?}) {{ id }} }}")).await;
        assert_eq!(data["node"]["id"], **id);
    }
}

#[apply(both_databases)]
async fn ids_of_another_partner_read_like_unknown_ones(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let a = app.partner(&p.tenant, &p.a);
    let b = app.partner(&p.tenant, &p.b);
    for (root, id) in [
        ("partner", &p.b),
        ("partnerGroup", &p.other_group),
        ("partnerGroup", &p.default_group),
        ("campaign", &p.other_campaign),
        ("partnershipRequest", &p.request),
        ("partnershipRequest", &p.decided_request),
        ("deal", &p.pipeline.other_deal),
        ("commission", &p.pipeline.other_commission),
        // What pays its own deal, too.
        ("commissionRule", &p.pipeline.rule),
        ("tieredCommission", &p.tiered),
        ("tieredCommission", &p.other_tiered),
    ] {
        same_as_unknown(&a, root, id).await;
    }
    let snapshots = snapshots_of(&p, &p.b).await;
    let others = [
        &p.b,
        &p.other_group,
        &p.other_campaign,
        &p.request,
        &p.decided_request,
        &p.tier,
        &p.category,
        &p.advertiser,
        &p.pipeline.other_deal,
        &p.pipeline.other_stage,
        &p.pipeline.free_field,
        &p.pipeline.rule,
        &p.tiered,
        &p.api_key,
        &p.webhook_endpoint,
        &p.webhook_delivery,
    ];
    for id in others.into_iter().chain(&snapshots) {
        same_as_unknown_by_id(&a, id).await;
    }
    for id in &snapshots {
        assert_eq!(
            b.data(&format!("{{ node(id: {id:?}) {{ id }} }}")).await["node"]["id"],
            **id
        );
    }
}

#[apply(both_databases)]
async fn external_ids_of_others_read_like_unknown_ones(app: TestApp) {
    Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let a = app.partner(&p.tenant, &p.a);
    for (client, root, external_id) in [
        (&a, "partner", "bravo-1"),
        (&a, "partner", "zulu-1"),
        (&a, "deal", "bravo-deal"),
        (&a, "deal", "zulu-deal"),
        (&p.staff, "deal", "zulu-deal"),
        (&a, "campaign", "hidden-bravo-other"),
        (&a, "campaign", "hidden-alpha-hidden"),
        (&a, "partnerGroup", "hidden-alpha group"),
        (&p.staff, "partner", "zulu-1"),
        (&p.staff, "campaign", "hidden-zulu-hidden"),
        (&p.staff, "partnerGroup", "hidden-zulu group"),
    ] {
        let document = |external_id| format!("{{ {root}(externalId: {external_id:?}) {{ id }} }}");
        let answer = client.ask(&document(external_id)).await;
        assert_eq!(
            answer.comparable(),
            client.ask(&document("nobody's")).await.comparable()
        );
        assert!(answer.data()[root].is_null(), "{root} {external_id}");
    }
    let own = a.data(r#"{ partner(externalId: "alpha-1") { id } }"#).await;
    assert_eq!(own["partner"]["id"], *p.a);
}

#[apply(both_databases)]
async fn ids_of_the_wrong_kind_are_bad_input_whoever_they_belong_to(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for client in [&p.staff, &app.partner(&p.tenant, &p.a)] {
        for id in [&p.b, &foreign.a, &unknown(&p.a)] {
            for root in [
                "campaign",
                "partnerGroup",
                "partnershipRequest",
                "deal",
                "commissionRule",
                "tieredCommission",
            ] {
                let answer = client.ask(&format!("{{ {root}(id: {id:?}) {{ id }} }}")).await;
                assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{root}");
                let of_own = client.ask(&format!("{{ {root}(id: {:?}) {{ id }} }}", p.a)).await;
                assert_eq!(
                    answer.comparable().replace(id.as_str(), "ID"),
                    of_own.comparable().replace(&p.a, "ID")
                );
            }
        }
        for id in ["", "nonsense", "par_", "par_01H2XCEJQTF2NBREXX3VQJHP41", "par_\\u0000"] {
            for root in ["node", "partner"] {
                let answer = client.ask(&format!("{{ {root}(id: \"{id}\") {{ id }} }}")).await;
                assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{root} {id}: {}", answer.body);
            }
        }
    }
}

#[apply(both_databases)]
async fn filters_by_what_is_anothers_find_as_much_as_filters_by_nothing(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let a = app.partner(&p.tenant, &p.a);
    let count = async |client: &Client, list: &str, filter: &str, id: &str| {
        let answer = client.data(&format!("{{ {list}(filter: {{ {filter}: {id:?} }}) {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage }} }} }}")).await;
        answer[list].clone()
    };
    for (client, list, filter, id) in [
        (&a, "partners", "groupId", &p.other_group),
        (&a, "partners", "campaignId", &p.other_campaign),
        (&a, "partners", "groupId", &foreign.group),
        (&a, "partners", "campaignId", &foreign.campaign),
        (&a, "campaigns", "partnerId", &p.b),
        (&a, "campaigns", "partnerId", &foreign.a),
        (&a, "deals", "partnerId", &p.b),
        (&a, "deals", "partnerId", &foreign.a),
        (&a, "deals", "stageId", &p.pipeline.other_stage),
        (&p.staff, "deals", "partnerId", &foreign.a),
        (&p.staff, "deals", "stageId", &foreign.pipeline.stage),
        (&p.staff, "partners", "groupId", &foreign.group),
        (&p.staff, "partners", "tierId", &foreign.tier),
        (&p.staff, "partners", "categoryId", &foreign.category),
        (&p.staff, "partners", "campaignId", &foreign.campaign),
        (&p.staff, "campaigns", "advertiserId", &foreign.advertiser),
        (&p.staff, "campaigns", "partnerId", &foreign.a),
    ] {
        let found = count(client, list, filter, id).await;
        assert_eq!(
            found,
            count(client, list, filter, &unknown(id)).await,
            "{list} by {filter}"
        );
        assert_eq!(found["totalCount"], 0, "{list} by {filter}");
    }
    assert_eq!(count(&a, "deals", "partnerId", &p.a).await["totalCount"], 1);
    assert_eq!(
        count(&p.staff, "deals", "stageId", &p.pipeline.other_stage).await["totalCount"],
        1
    );
    assert_eq!(count(&a, "campaigns", "partnerId", &p.a).await["totalCount"], 2);
    assert_eq!(count(&p.staff, "campaigns", "partnerId", &p.b).await["totalCount"], 2);
    // Which promise pays: that of a foreign campaign is looked for no harder than that of none.
    let in_force = async |campaign: &str| {
        a.data(&format!(
            "{{ viewer {{ partner {{ commissionSnapshot(campaignId: {campaign:?}) {{ id }} }} }} }}"
        ))
        .await
    };
    assert_eq!(in_force(&foreign.campaign).await, in_force(&unknown(&p.campaign)).await);
}
