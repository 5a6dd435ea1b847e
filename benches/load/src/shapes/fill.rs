//! Rows that documents select but `seed` does not make: stages and deals, written once.

use sqlx::PgPool;

use crate::Failure;

const STATEMENTS: [&str; 3] = [
    "INSERT INTO payment_stage (tenant_id, id, label, position, outcome)
     SELECT t.id, gen_random_uuid(), s.label, s.position, s.outcome FROM tenant t,
       (VALUES ('Lead', 0, 'OPEN'), ('Offer', 1, 'OPEN'), ('Won', 2, 'WON'), ('Lost', 3, 'LOST')) AS s(label, position, outcome)
     WHERE t.slug LIKE 'bench-%'",
    "INSERT INTO deal (tenant_id, id, name, name_key, value_minor, currency, partner_id, stage_id, owner, renewals, fields, created_at, updated_at)
     SELECT p.tenant_id, gen_random_uuid(), 'Deal ' || n, 'deal ' || n, 100000 + n * 137, 'EUR', p.id,
       (SELECT s.id FROM payment_stage s WHERE s.tenant_id = p.tenant_id AND s.position = n % 4),
       CASE WHEN n % 2 = 0 THEN 'Jo Owner' END, 0, '[]', p.created_at, p.created_at
     FROM partner p JOIN tenant t ON t.id = p.tenant_id, generate_series(1, 5) AS n WHERE t.slug LIKE 'bench-%'",
    "ANALYZE payment_stage, deal",
];

pub async fn fill(pool: &PgPool) -> Result<(), Failure> {
    let (filled,): (bool,) = sqlx::query_as("SELECT EXISTS (SELECT 1 FROM deal)")
        .fetch_one(pool)
        .await?;
    if !filled {
        for statement in STATEMENTS {
            sqlx::query(statement).execute(pool).await?;
        }
    }
    Ok(())
}
