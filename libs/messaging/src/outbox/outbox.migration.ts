import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The outbox table. */
export class CreateOutbox1764000000000 implements MigrationInterface {
  readonly name = 'CreateOutbox1764000000000'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE outbox (
        id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic      text        NOT NULL,
        key        text        NOT NULL,
        value      bytea,
        headers    jsonb       NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`)
    await queryRunner.query(`COMMENT ON TABLE outbox IS 'Records to be published, in the order of their ids; gone once they are'`)
    // Rows live for milliseconds: vacuum by count, or the index of the primary key fills with dead entries.
    await queryRunner.query(`ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000)`)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE outbox')
  }
}
