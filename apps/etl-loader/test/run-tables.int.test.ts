import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DuckDBWarehouse } from '../src/warehouse/duckdb/duckdb-warehouse.js'
import { runOnce, type ToldTable } from './chinook.js'
import { type SourceUnderTest, sourceUnderTest } from './source-under-test.js'

/** A shop as grown over the years: what sample databases and old applications have, and what may trip a copy. */
const schema = `
  SET sql_mode = '', time_zone = '+02:00', FOREIGN_KEY_CHECKS = 1;
  CREATE TABLE language (language_id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name CHAR(20) NOT NULL, last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
  INSERT INTO language (name) VALUES ('English'), ('Français  '), ('中文');
  CREATE TABLE film (
    film_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, title VARCHAR(128) NOT NULL, description TEXT, release_year YEAR, language_id TINYINT UNSIGNED NOT NULL,
    rental_rate DECIMAL(4,2) NOT NULL DEFAULT 4.99, length SMALLINT(5) UNSIGNED ZEROFILL, rating ENUM('G','PG','PG-13','R','NC-17') DEFAULT 'G',
    special_features SET('Trailers','Commentaries','Deleted Scenes','Behind the Scenes'), score FLOAT, weight DOUBLE(10,3), seen BIT(1), flags BIT(20),
    gross DECIMAL(10,2) AS (rental_rate * 10) VIRTUAL, slug VARCHAR(140) AS (LOWER(REPLACE(title, ' ', '-'))) STORED,
    meta JSON, last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    KEY (title), FULLTEXT KEY (title, description), CONSTRAINT film_language FOREIGN KEY (language_id) REFERENCES language (language_id)
  ) DEFAULT CHARACTER SET utf8mb4;
  INSERT INTO film (title, description, release_year, language_id, rental_rate, length, rating, special_features, score, weight, seen, flags, meta) VALUES
    ('ACADEMY DINOSAUR', 'A Epic Drama\\nof 💳', 2006, 1, 0.99, 86, 'PG', 'Deleted Scenes,Behind the Scenes', 0.1, 1.005, b'1', 1048575, '{"a": [1, 2.50, "é"]}'),
    ('  Blanks  ', NULL, 0, 2, 99.99, 7, 'NC-17', '', -3.5e10, -123456.789, b'0', 0, '[]'),
    ('', '', 1901, 3, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
  CREATE TABLE actor (actor_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, first_name VARCHAR(45) NOT NULL, last_name VARCHAR(45) NOT NULL) DEFAULT CHARACTER SET latin1;
  INSERT INTO actor (first_name, last_name) VALUES ('PÉNÉLOPE', 'GUINESS'), ('Zoë', '€uro');
  CREATE TABLE film_actor (actor_id SMALLINT UNSIGNED NOT NULL, film_id SMALLINT UNSIGNED NOT NULL, role VARCHAR(20), PRIMARY KEY (actor_id, film_id), KEY (film_id),
    FOREIGN KEY (actor_id) REFERENCES actor (actor_id), FOREIGN KEY (film_id) REFERENCES film (film_id) ON DELETE CASCADE);
  INSERT INTO film_actor VALUES (1, 1, 'hero'), (1, 2, NULL), (2, 1, 'villain');
  CREATE TABLE address (address_id INT PRIMARY KEY, street VARCHAR(50), location GEOMETRY NOT NULL, SPATIAL KEY (location));
  INSERT INTO address VALUES (1, 'Rue', ST_GeomFromText('POINT(1 2)')), (2, NULL, ST_GeomFromText('LINESTRING(0 0, 1 1)'));
  CREATE TABLE staff (staff_id TINYINT PRIMARY KEY, picture MEDIUMBLOB, email VARCHAR(50) CHARACTER SET ascii, active BOOL NOT NULL DEFAULT 1, password VARBINARY(40), token BINARY(8));
  INSERT INTO staff VALUES (-1, X'89504E470D0A', 'a@b.c', 1, X'00FF', 'ab'), (2, REPEAT(X'00FF', 600000), NULL, 0, X'', NULL), (3, REPEAT('x', 900000), '', 2, NULL, X'0000000000000000');
  CREATE TABLE \`Order Details-2\` (\`Order ID\` BIGINT UNSIGNED, \`Line-No\` INT, \`Unit Price\` DECIMAL(65,10), \`select\` VARCHAR(10), \`_offset\` INT, \`Ünit\` INT, \`2nd\` INT, PRIMARY KEY (\`Order ID\`, \`Line-No\`));
  INSERT INTO \`Order Details-2\` VALUES (18446744073709551615, -2147483648, 12345678901234567890123456789012345678901234567890.0123456789, '''', 1, 2, 3), (9007199254740993, 0, -0.0000000001, '\\\\', NULL, NULL, NULL);
  CREATE TABLE \`dates\` (id INT PRIMARY KEY, d DATE NULL, dt DATETIME NOT NULL, t TIME, ts TIMESTAMP NULL, ts3 TIMESTAMP(3) NULL, dt6 DATETIME(6) NULL);
  SET sql_mode = 'ALLOW_INVALID_DATES';
  INSERT INTO dates VALUES (1, '2024-02-29', '2024-02-31 23:59:59', '23:59:59', '2024-03-31 02:30:00', '2024-10-27 02:30:00.125', '9999-12-31 23:59:59.999999'), (2, '0000-00-00', '1000-01-01 00:00:00', NULL, NULL, NULL, '0001-01-01'),
    (3, NULL, '0000-00-00 00:00:00', NULL, NULL, NULL, NULL), (4, '1969-12-31', '1969-12-31 23:59:59', '-00:00:01', NULL, NULL, NULL), (5, '2024-02-31', '2024-01-01', '838:59:59', NULL, NULL, NULL);
  SET sql_mode = '';
  CREATE TABLE codes (code VARCHAR(10) COLLATE utf8mb4_general_ci PRIMARY KEY, kind ENUM('z','a') NOT NULL, UNIQUE KEY (kind, code)) PARTITION BY KEY (code) PARTITIONS 2;
  ALTER TABLE codes ADD parent VARCHAR(10);
  INSERT INTO codes VALUES ('b', 'z', 'B'), ('A', 'a', NULL), ('ß', 'z', ''), ('', 'a', 'a ');
  CREATE TABLE empty_one (id INT PRIMARY KEY, t TEXT);
  CREATE TABLE log_lines (at DATETIME NOT NULL, line VARCHAR(100) NOT NULL);
  INSERT INTO log_lines VALUES ('2024-01-01', 'one'), ('2024-01-01', 'two');
  CREATE TABLE removed (id INT PRIMARY KEY, deleted_at DATETIME NULL, gone BOOL NOT NULL DEFAULT 0);
  INSERT INTO removed VALUES (1, NULL, 0), (2, '2024-01-01', 1), (3, NULL, 0);
  CREATE VIEW film_list AS SELECT f.title, l.name FROM film f JOIN language l USING (language_id);
  CREATE TRIGGER film_ins BEFORE INSERT ON film FOR EACH ROW SET NEW.title = TRIM(NEW.title);
`

describe('a database of somebody else', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'run-'))
  const path = join(folder, 'w.duckdb')
  const file = join(folder, 'tables.json')
  let source: SourceUnderTest
  let env: Readonly<Record<string, string>>
  beforeAll(async () => {
    source = await sourceUnderTest()
    env = { ...source.env, ETL_WAREHOUSE: path, ETL_SWEEP_SECONDS: '0.1' }
    await source.sql(schema.replaceAll(/^ {2}/gm, ''))
    if (source.isMariadb) await source.sql('CREATE SEQUENCE numbers')
    writeFileSync(file, JSON.stringify({ tables: { address: { exclude: ['location'] }, log_lines: { key: ['at', 'line'] }, removed: { softDelete: 'deleted_at' } } }))
  })
  afterAll(async () => {
    await source?.close()
    rmSync(folder, { recursive: true })
  })
  const of = (tables: readonly ToldTable[], name: string) => tables.find(({ table }) => table === `src.${source.database}.${name}`)

  test('is refused for a column of a type that nothing carries, with the fix, before anything is written', async () => {
    const { code, broken } = await runOnce(env, '--tables', '*')
    expect(code).toBe(1)
    expect(broken).toMatchObject([{ rule: 'ETL_COLUMN_TYPE_UNKNOWN' }])
    expect(broken[0]?.message).toContain(`${source.database}.address.location is a geometry`)
    expect(broken[0]?.message).toContain('{"tables": {"address": {"exclude": ["location"]}}}')
  })

  test('is refused for a table without a key, with the fix', async () => {
    const { code, broken } = await runOnce(env, '--tables', 'log_lines')
    expect(code).toBe(1)
    expect(broken).toMatchObject([{ rule: 'ETL_KEY_MISSING', message: expect.stringContaining('{"tables": {"log_lines": {"key": ["…"]}}}') as string }])
  })

  test('goes to the warehouse by one command, with equal counts and checksums; views are left out, and what no column holds is in the quarantine', async () => {
    const { code, tables, broken } = await runOnce(env, '--tables', '*', '--config', file)
    expect({ code, broken }).toEqual({ code: 0, broken: [] })
    expect(tables.map(({ table }) => table.replace(`src.${source.database}.`, '')).sort()).toEqual(['Order_Details-2', 'actor', 'address', 'codes', 'dates', 'empty_one', 'film', 'film_actor', 'language', 'log_lines', 'removed', 'staff'])
    const counts = Object.fromEntries(tables.map(({ table, source: at, topic, warehouse, quarantined, equal }) => [table.split('.')[2], [at.rows, topic.rows, warehouse.rows, quarantined, equal && at.checksum === topic.checksum && topic.checksum === warehouse.checksum]]))
    expect(counts).toEqual({
      'Order_Details-2': [2, 2, 2, 0, true],
      actor: [2, 2, 2, 0, true],
      address: [2, 2, 2, 0, true],
      codes: [4, 4, 4, 0, true],
      // A zero date that may not be null; times that are no times of a day.
      dates: [2, 2, 2, 3, true],
      empty_one: [0, 0, 0, 0, true],
      film: [3, 3, 3, 0, true],
      film_actor: [3, 3, 3, 0, true],
      language: [3, 3, 3, 0, true],
      log_lines: [2, 2, 2, 0, true],
      removed: [2, 2, 2, 0, true],
      // A picture that is larger than a record may be.
      staff: [2, 2, 2, 1, true],
    })
  })

  test('is equal again after its rows were changed, mended and deleted', async () => {
    await source.sql(`
      UPDATE film SET rental_rate = 1.5 WHERE film_id = 1; DELETE FROM film WHERE film_id = 2; UPDATE actor SET last_name = 'ü' WHERE actor_id = 2; DELETE FROM log_lines WHERE line = 'one';
      UPDATE dates SET dt = '2024-05-05' WHERE id = 3; UPDATE dates SET t = '12:00:00' WHERE id = 4; DELETE FROM staff WHERE staff_id = 2; UPDATE removed SET deleted_at = NOW() WHERE id = 3; INSERT INTO empty_one VALUES (7, 'seven');
      UPDATE codes SET code = 'a' WHERE code = 'A'; UPDATE \`Order Details-2\` SET \`_offset\` = 9;
    `)
    const { code, tables, broken } = await runOnce(env, '--tables', '*', '--config', file)
    expect({ code, broken }).toEqual({ code: 0, broken: [] })
    expect(of(tables, 'dates')).toMatchObject({ source: { rows: 4 }, warehouse: { rows: 4 }, quarantined: 1 })
    expect(of(tables, 'staff')).toMatchObject({ warehouse: { rows: 2 }, quarantined: 0 })
    expect(of(tables, 'removed')).toMatchObject({ warehouse: { rows: 1 } })
    const warehouse = new DuckDBWarehouse({ path })
    try {
      const [row] = await warehouse.query(`SELECT title, gross::VARCHAR AS gross, slug FROM "src_${source.database}".film WHERE film_id = 1`)
      expect(row).toEqual({ title: 'ACADEMY DINOSAUR', gross: '15.00', slug: 'academy-dinosaur' })
    } finally {
      await warehouse.close()
    }
  })
})
