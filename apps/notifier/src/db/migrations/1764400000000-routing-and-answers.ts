import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Preferences, ops alerts, merged and fallback messages, questions and their answers, the app's inbox (docs/adr/0017). */
export class RoutingAndAnswers1764400000000 implements MigrationInterface {
  readonly name = 'RoutingAndAnswers1764400000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE customers
        ADD channels   text[] NOT NULL DEFAULT '{}',
        ADD quiet_from text,
        ADD quiet_to   text`)

    await runner.query(`
      ALTER TABLE alerts
        ADD kind text NOT NULL DEFAULT 'fraud' CHECK (kind IN ('fraud', 'ops')),
        ALTER card_id DROP NOT NULL,
        DROP CONSTRAINT alerts_check,
        ADD CONSTRAINT alerts_card CHECK (kind = 'ops' OR card_id IS NOT NULL),
        ADD CONSTRAINT alerts_customer CHECK (customer_id IS NULL OR planned_at IS NOT NULL)`)
    await runner.query(`COMMENT ON COLUMN alerts.customer_id IS 'Whom it was planned for; null while it waits, and where it went to the people on call or to the fallback address'`)
    await runner.query(`CREATE INDEX alerts_of_card ON alerts (card_id, planned_at)`)
    await runner.query(`CREATE INDEX alerts_waiting_since ON alerts (received_at) WHERE planned_at IS NULL`)

    await runner.query(`
      ALTER TABLE deliveries
        ADD purpose      text NOT NULL DEFAULT 'alert' CHECK (purpose IN ('alert', 'digest', 'confirmation', 'ops')),
        ADD topic        text,
        ADD shared       boolean NOT NULL DEFAULT false,
        ADD due_at       timestamptz NOT NULL DEFAULT now(),
        ADD merged_into  uuid REFERENCES deliveries,
        ADD fallbacks    text[] NOT NULL DEFAULT '{}',
        ADD fall_back_at timestamptz,
        DROP CONSTRAINT deliveries_channel_check,
        ADD CONSTRAINT deliveries_channel_check CHECK (channel IN ('email', 'sms', 'app')),
        DROP CONSTRAINT deliveries_status_check,
        ADD CONSTRAINT deliveries_status_check CHECK (status IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'merged', 'silenced')),
        ADD CONSTRAINT deliveries_merged_check CHECK (status <> 'merged' OR merged_into IS NOT NULL),
        DROP CONSTRAINT deliveries_alert_id_channel_recipient_key,
        ADD UNIQUE (alert_id, purpose, channel, recipient)`)
    await runner.query(`COMMENT ON COLUMN deliveries.topic IS 'What later messages are merged by: the card, or service and code'`)
    await runner.query(`COMMENT ON COLUMN deliveries.shared IS 'Whether alerts are merged into it until it is sent'`)
    await runner.query(`COMMENT ON COLUMN deliveries.due_at IS 'When it may go out at the earliest: it waits for more, or for the end of quiet hours'`)
    await runner.query(`COMMENT ON COLUMN deliveries.fallbacks IS 'The ways to try next, in this order, when this one fails or is too late'`)
    await runner.query(`COMMENT ON COLUMN deliveries.fall_back_at IS 'When the next way is tried although this one has not failed; null when there is none'`)
    await runner.query(`CREATE INDEX deliveries_merged ON deliveries (merged_into) WHERE merged_into IS NOT NULL`)
    await runner.query(`CREATE INDEX deliveries_topic ON deliveries (topic, channel, recipient, created_at)`)
    await runner.query(`CREATE INDEX deliveries_fall_back ON deliveries (fall_back_at) WHERE fall_back_at IS NOT NULL`)
    await runner.query(`CREATE INDEX deliveries_customer ON deliveries (customer_id, created_at)`)

    await runner.query(`
      CREATE TABLE questions (
        alert_id    uuid PRIMARY KEY REFERENCES alerts,
        customer_id text        NOT NULL,
        phone       text,
        code        text CHECK (code ~ '^[0-9]{2}$'),
        asked_at    timestamptz NOT NULL DEFAULT now(),
        expires_at  timestamptz NOT NULL,
        answered_at timestamptz,
        verdict     text CHECK (verdict IN ('confirmed_fraud', 'legitimate')),
        source      text,
        CHECK ((answered_at IS NULL) = (verdict IS NULL AND source IS NULL))
      )`)
    await runner.query(`COMMENT ON COLUMN questions.phone IS 'The number whose YES or NO answers this question; null once it can do so no more'`)
    await runner.query(`COMMENT ON COLUMN questions.code IS 'What the answer by SMS must carry; null for the one question of a number that needs none'`)
    await runner.query('CREATE INDEX questions_asked_of_phone ON questions (phone, asked_at) WHERE phone IS NOT NULL')
    await runner.query(`CREATE UNIQUE INDEX questions_of_phone ON questions (phone, coalesce(code, '')) WHERE phone IS NOT NULL AND answered_at IS NULL`)

    await runner.query(`CREATE TABLE opt_outs (phone text PRIMARY KEY, since timestamptz NOT NULL DEFAULT now())`)
    await runner.query(`
      CREATE TABLE inbound_sms (
        message_sid text PRIMARY KEY,
        outcome     text        NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now()
      )`)
    await runner.query(`COMMENT ON TABLE inbound_sms IS 'What was made of each SMS that came in: Twilio repeats a request whose answer is lost'`)

    await runner.query(`
      CREATE TABLE inbox (
        id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        delivery_id uuid NOT NULL UNIQUE REFERENCES deliveries,
        customer_id text NOT NULL,
        title       text NOT NULL,
        body        text NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT now(),
        read_at     timestamptz
      )`)
    await runner.query('CREATE INDEX inbox_of_customer ON inbox (customer_id, id)')

    await runner.query(`
      CREATE TABLE silences (
        id         uuid PRIMARY KEY,
        service    text,
        code       text,
        subject    text,
        until      timestamptz NOT NULL,
        comment    text        NOT NULL,
        created_by text        NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        ended_at   timestamptz
      )`)
    await runner.query(`COMMENT ON TABLE silences IS 'Ops alerts that are not sent until then; a null matches everything'`)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['silences', 'inbox', 'inbound_sms', 'opt_outs', 'questions']) await runner.query(`DROP TABLE ${table}`)
    await runner.query(`DELETE FROM deliveries WHERE purpose <> 'alert' OR channel = 'app' OR status IN ('merged', 'silenced')`)
    await runner.query(`UPDATE deliveries SET status = 'sent' WHERE status = 'delivered'`)
    await runner.query(`
      ALTER TABLE deliveries
        DROP CONSTRAINT deliveries_alert_id_purpose_channel_recipient_key,
        DROP purpose, DROP topic, DROP shared, DROP due_at, DROP merged_into, DROP fallbacks, DROP fall_back_at,
        DROP CONSTRAINT deliveries_channel_check, ADD CONSTRAINT deliveries_channel_check CHECK (channel IN ('email', 'sms')),
        DROP CONSTRAINT deliveries_status_check, ADD CONSTRAINT deliveries_status_check CHECK (status IN ('queued', 'sending', 'sent', 'failed')),
        ADD UNIQUE (alert_id, channel, recipient)`)
    await runner.query(`DROP INDEX deliveries_customer`)
    await runner.query(`DELETE FROM alerts WHERE kind = 'ops'`)
    await runner.query(`UPDATE alerts SET customer_id = 'fallback' WHERE planned_at IS NOT NULL AND customer_id IS NULL`)
    await runner.query(`DROP INDEX alerts_of_card, alerts_waiting_since`)
    await runner.query(`
      ALTER TABLE alerts
        DROP CONSTRAINT alerts_card, DROP CONSTRAINT alerts_customer, DROP kind, ALTER card_id SET NOT NULL,
        ADD CONSTRAINT alerts_check CHECK ((customer_id IS NULL) = (planned_at IS NULL))`)
    await runner.query(`ALTER TABLE customers DROP channels, DROP quiet_from, DROP quiet_to`)
  }
}
