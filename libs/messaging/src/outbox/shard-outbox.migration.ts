import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Divides the outbox among relays, and makes room for what Kafka refuses. */
export class ShardOutbox1764100000000 implements MigrationInterface {
  readonly name = 'ShardOutbox1764100000000'

  async up(queryRunner: QueryRunner): Promise<void> {
    // By PostgreSQL, so that whoever inserts a row need not know of shards. 16: `shardCount`.
    await queryRunner.query(`
      ALTER TABLE outbox
        ADD COLUMN shard smallint NOT NULL GENERATED ALWAYS AS ((hashtext(topic || ' ' || key) & 15)::smallint) STORED,
        DROP CONSTRAINT outbox_pkey,
        ADD PRIMARY KEY (shard, id)`)
    // Many rows come and go: what is vacuumed late is read over and over.
    await queryRunner.query('ALTER TABLE outbox SET (autovacuum_vacuum_cost_delay = 0)')
    await queryRunner.query(`
      CREATE TABLE outbox_rejected (
        id          bigint      PRIMARY KEY,
        topic       text        NOT NULL,
        key         text        NOT NULL,
        value       bytea,
        headers     jsonb       NOT NULL,
        created_at  timestamptz NOT NULL,
        rejected_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        code        text        NOT NULL,
        reason      text        NOT NULL
      )`)
    await queryRunner.query(`COMMENT ON TABLE outbox_rejected IS 'Rows of the outbox that Kafka will never take, with its reason'`)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE outbox_rejected')
    await queryRunner.query('ALTER TABLE outbox RESET (autovacuum_vacuum_cost_delay)')
    await queryRunner.query('ALTER TABLE outbox DROP COLUMN shard, ADD PRIMARY KEY (id)')
  }
}
