import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Contacts as the topics `cards` and `customers` tell them, alerts, and the ledger of what is sent. */
export class Notifier1764000001000 implements MigrationInterface {
  readonly name = 'Notifier1764000001000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cards (
        card_id     text PRIMARY KEY,
        customer_id text   NOT NULL,
        updated_at  bigint NOT NULL
      )`)
    await runner.query('CREATE INDEX cards_customer ON cards (customer_id)')
    await runner.query(`
      CREATE TABLE customers (
        customer_id text PRIMARY KEY,
        given_name  text,
        email       text,
        phone       text,
        language    text   NOT NULL,
        time_zone   text   NOT NULL,
        updated_at  bigint NOT NULL
      )`)
    // json, not jsonb: it also keeps the character NUL, which a merchant's name may hold.
    await runner.query(`
      CREATE TABLE alerts (
        alert_id    uuid PRIMARY KEY,
        card_id     text        NOT NULL,
        alert       json        NOT NULL,
        traceparent text,
        received_at timestamptz NOT NULL DEFAULT now(),
        customer_id text,
        planned_at  timestamptz,
        CHECK ((customer_id IS NULL) = (planned_at IS NULL))
      )`)
    await runner.query(`COMMENT ON COLUMN alerts.planned_at IS 'When its deliveries were written; null while no contact is known'`)
    await runner.query('CREATE INDEX alerts_waiting ON alerts (card_id) WHERE planned_at IS NULL')
    await runner.query(`
      CREATE TABLE deliveries (
        id                  uuid PRIMARY KEY,
        alert_id            uuid        NOT NULL REFERENCES alerts,
        customer_id         text        NOT NULL,
        channel             text        NOT NULL CHECK (channel IN ('email', 'sms')),
        recipient           text        NOT NULL,
        status              text        NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sending', 'sent', 'failed')),
        attempts            integer     NOT NULL DEFAULT 0,
        next_attempt_at     timestamptz NOT NULL DEFAULT now(),
        lease_until         timestamptz,
        provider_message_id text,
        last_error          text,
        created_at          timestamptz NOT NULL DEFAULT now(),
        updated_at          timestamptz NOT NULL DEFAULT now(),
        UNIQUE (alert_id, channel, recipient),
        CHECK ((status = 'sending') = (lease_until IS NOT NULL))
      ) WITH (fillfactor = 80)`)
    await runner.query(`CREATE INDEX deliveries_due ON deliveries (channel, next_attempt_at) WHERE status = 'queued'`)
    await runner.query(`CREATE INDEX deliveries_leased ON deliveries (channel, lease_until) WHERE status = 'sending'`)
    // Each row passes through both partial indexes within milliseconds: vacuum by count, before dead entries pile up.
    await runner.query(`ALTER TABLE deliveries SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)`)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['deliveries', 'alerts', 'customers', 'cards']) await runner.query(`DROP TABLE ${table}`)
  }
}
