//! What happens to the schema where Citus distributes the rows of tenants over several servers: before the tables are
//! distributed, and afterwards. Statements are separated by lines that hold only `--`; one transaction runs all of
//! them.

/// Foreign keys and triggers are restored unchanged once all tables are in their final place: the keys of a distributed
/// table cannot refer to one that is not distributed yet, and no trigger has to judge rows that are only copied.
///
/// Rows of the outbox that were restored from a dump name transactions of another server. Readers recognise them by the
/// system column `xmin`, which is lost when a row is copied; so they are put out of readers' reach now: every
/// snapshot shows the transaction 0.
pub const PREPARE: &str = "
SET LOCAL citus.enable_unsafe_triggers = on
--
SET LOCAL citus.multi_shard_modify_mode = 'sequential'
--
SET LOCAL client_min_messages = warning
--
CREATE TEMPORARY TABLE put_off ON COMMIT DROP AS
SELECT conrelid::regclass::text AS owner, conname::text AS name, TRUE AS is_key,
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS comes_back
FROM pg_constraint WHERE contype = 'f' AND connamespace = to_regnamespace(current_schema())
UNION ALL
SELECT tgrelid::regclass::text, tgname::text, FALSE, pg_get_triggerdef(pg_trigger.oid)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = to_regnamespace(current_schema())
--
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT * FROM put_off LOOP
    IF found.is_key THEN
      EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.owner, found.name);
    ELSE
      EXECUTE format('DROP TRIGGER %I ON %s', found.name, found.owner);
    END IF;
  END LOOP;
END $$
--
UPDATE outbox SET transaction_number = 0 WHERE xmin::text::bigint <> transaction_number & 4294967295
--
ALTER TABLE tenant DROP CONSTRAINT tenant_slug_key
--
DROP INDEX api_key_prefix_key
--
CREATE UNIQUE INDEX api_key_by_prefix ON api_key (tenant_id, prefix)
--
CREATE TABLE tenant_slug (slug text, tenant_id uuid NOT NULL, CONSTRAINT tenant_slug_key PRIMARY KEY (slug))
--
CREATE TABLE api_key_prefix (prefix text, tenant_id uuid NOT NULL, CONSTRAINT api_key_prefix_key PRIMARY KEY (prefix))
--
INSERT INTO tenant_slug (slug, tenant_id) SELECT slug, id FROM tenant
--
INSERT INTO api_key_prefix (prefix, tenant_id) SELECT prefix, tenant_id FROM api_key
--
SELECT create_reference_table('tenant_slug')
--
SELECT create_reference_table('api_key_prefix')
--
SELECT truncate_local_data_after_distributing_table('tenant_slug')
--
SELECT truncate_local_data_after_distributing_table('api_key_prefix')";

/// A trigger runs where the row is, and may look only at what is there: at the shard of deleted partners that has the
/// same tenants as the shard of the row.
pub const FINISH: &str = "
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT comes_back FROM put_off ORDER BY is_key DESC LOOP EXECUTE found.comes_back; END LOOP;
END $$
--
CREATE OR REPLACE FUNCTION refuse_change_of_partner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  beside text;
  is_gone boolean := FALSE;
BEGIN
  SELECT format('%I.%I', TG_TABLE_SCHEMA, 'deleted_partner_' || other.shardid) INTO beside
    FROM pg_dist_shard own JOIN pg_dist_shard other USING (shardminvalue)
    WHERE own.shardid = substring(TG_TABLE_NAME FROM '[0-9]+$')::bigint
    AND own.logicalrelid = format('%I.partner_transition', TG_TABLE_SCHEMA)::regclass
    AND other.logicalrelid = format('%I.deleted_partner', TG_TABLE_SCHEMA)::regclass;
  IF beside IS NOT NULL THEN
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE tenant_id = $1 AND id = $2)', beside)
      INTO is_gone USING OLD.tenant_id, OLD.partner_id;
  END IF;
  IF is_gone THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$";
