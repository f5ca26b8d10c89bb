import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SourceUnderTest } from './source-under-test.js'

export const bankTables = ['customers', 'accounts', 'cards', 'merchants'] as const

/** Tables of which extract and Debezium are to say the same. */
export const sameTables = [...bankTables, 'typed', 'spans', 'pairs', 'odd-name'] as const

const schema = fileURLToPath(new URL('../../../demo/bank/schema.sql', import.meta.url))

/** Each type of column that both read, with what is least, greatest and awkward; `typed` fits into a warehouse as it is. */
const columns: readonly (readonly [name: string, type: string, ...values: string[]])[] = [
  ['t', 'TINYINT', '-128', '127'],
  ['tu', 'TINYINT UNSIGNED', '0', '255'],
  ['b', 'BOOL', '0', '1'],
  ['s', 'SMALLINT', '-32768', '32767'],
  ['su', 'SMALLINT UNSIGNED', '0', '65535'],
  ['m', 'MEDIUMINT', '-8388608', '8388607'],
  ['i', 'INT', '-2147483648', '2147483647'],
  ['iu', 'INT(10) UNSIGNED ZEROFILL', '0', '4294967295'],
  ['l', 'BIGINT', '-9223372036854775808', '9223372036854775807'],
  ['lu', 'BIGINT UNSIGNED', '9007199254740993', '18446744073709551615'],
  ['y', 'YEAR', '1901', '2155'],
  ['bit1', 'BIT(1)', "b'0'", "b'1'"],
  ['bit12', 'BIT(12)', '1', '4095'],
  ['bit64', 'BIT(64)', '0', '18446744073709551615'],
  ['d', 'DECIMAL(65,30)', '-99999999999999999999999999999999999.999999999999999999999999999999', '0.000000000000000000000000000001'],
  ['n', 'NUMERIC(10,2)', '-99999999.99', '0.10'],
  ['f', 'FLOAT', '-0.5', '16384.5'],
  ['g', 'DOUBLE', '0.1', '-1.7976931348623157e308'],
  ['c', 'CHAR(10)', "'ä'", "'a💳'"],
  ['v', 'VARCHAR(255) CHARACTER SET latin1', "'£é'", "''"],
  ['tx', 'MEDIUMTEXT', "'line\\nline\\0 💳 '", `REPEAT('x', 70000)`],
  ['j', 'JSON', `'{"a": [1, null, "💳"]}'`, "'3'"],
  ['e', "ENUM('a','b''s','c d')", "'b''s'", "'c d'"],
  ['st', "SET('a','b','c')", "'a,c'", "''"],
  ['bi', 'BINARY(4)', "X'0001'", "X'FFFFFFFF'"],
  ['vb', 'VARBINARY(20)', "X''", "X'00FF27'"],
  ['bl', 'LONGBLOB', "X'00'", "REPEAT(X'5C', 100000)"],
  ['da', 'DATE', "'0001-01-01'", "'9999-12-31'"],
  ['ti', 'TIME', "'00:00:00'", "'23:59:59'"],
  ['dt', 'DATETIME', "'0001-01-01 00:00:00'", "'9999-12-31 23:59:59'"],
  ['dt3', 'DATETIME(3)', "'1969-12-31 23:59:59.001'", "'9999-12-31 23:59:59.120'"],
  ['dt6', 'DATETIME(6)', "'1969-12-31 23:59:59.000001'", "'9999-12-31 23:59:59.999999'"],
  ['ts', 'TIMESTAMP', "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'"],
  ['ts3', 'TIMESTAMP(3)', "'1970-01-01 00:00:01.500'", "'2024-02-29 12:00:00'"],
  ['ts6', 'TIMESTAMP(6)', "'1970-01-01 00:00:01.000001'", "'2038-01-19 03:14:07.999999'"],
]

/** A row of `typed`: of least or greatest values, or of nulls. */
export function typedRow(id: number, of: 'least' | 'greatest' | 'nulls'): string {
  if (of === 'nulls') return `INSERT INTO typed (id) VALUES (${id})`
  return `INSERT INTO typed VALUES (${id}, ${columns.map((column) => column[of === 'least' ? 2 : 3]).join(', ')})`
}

/** Of a row of `differs`: what Debezium changes in a snapshot, or in what follows. */
export const differing = "NULL, 16777216, 'c,d', '10000000-0000-4000-8000-000000000000', '0000-00-00', '2024-00-05'"

/** Makes the tables, and rows to begin with. */
export async function makeTables(source: SourceUnderTest): Promise<void> {
  await source.sql(readFileSync(schema, 'utf8'))
  await source.sql(
    `SET time_zone = '+00:00';
     CREATE TABLE typed (id INT PRIMARY KEY, ${columns.map(([name, type]) => `${name} ${type} NULL`).join(', ')}) DEFAULT CHARACTER SET utf8mb4;
     CREATE TABLE spans (id SMALLINT UNSIGNED PRIMARY KEY, span TIME(6) NOT NULL, zero DATE NULL);
     CREATE TABLE pairs (day DATE NOT NULL, price DECIMAL(30,10) NOT NULL, n INT NOT NULL, PRIMARY KEY (price, day));
     CREATE TABLE \`odd-name\` (\`my key\` VARCHAR(20) PRIMARY KEY, \`1st.ünïc\` INT, plus_one INT GENERATED ALWAYS AS (\`1st.ünïc\` + 1) VIRTUAL) DEFAULT CHARACTER SET utf8mb4;
     SET sql_mode = '';
     INSERT INTO customers (customer_id, given_name, family_name, email, phone, country, language, time_zone, channels, quiet_from, quiet_to, updated_at)
       SELECT CONCAT('c', seq), CONCAT(' Zoë 💳 ', seq), NULLIF(seq % 3, 0), CONCAT('C', seq, '@Example.COM'), CONCAT('0170 ', 1000000 + seq), 'Deutschland', 'de_DE', 'europe/berlin', seq % 8, '22:00:00', '06:30:00', '2024-01-01 00:00:00' + INTERVAL seq * 1000 MICROSECOND FROM seq_1_to_200;
     INSERT INTO accounts (customer_id, iban, currency, balance, overdraft, opened_on) SELECT CONCAT('c', seq), 'DE00', 'eur', -seq / 7, NULLIF(seq % 2, 0), '2020-02-29' FROM seq_1_to_200;
     INSERT INTO cards (card_id, account_id, customer_id, card_bin, card_last4, product, home_country, time_zone, expires_on, features) SELECT CONCAT('v1.', seq), seq, CONCAT('c', seq), '411111', '1111', 'debit', 'DE', 'Europe/Berlin', '2030-01-01', seq % 256 FROM seq_1_to_200;
     INSERT INTO merchants (merchant_id, name, country, city, latitude, attributes) SELECT CONCAT('m', seq), CONCAT('Café ', seq), 'de', NULL, 48.123456, '{"a": 1}' FROM seq_1_to_200;
     INSERT INTO spans VALUES (0, '-838:59:59', '0000-00-00'), (1, '-00:00:00.000001', '2024-00-05'), (65535, '838:59:59', '2024-02-29');
     CREATE TABLE differs (id INT PRIMARY KEY, preset INT NULL DEFAULT 7, single FLOAT NULL, choice ENUM('a', 'c,d') NULL, uid UUID NULL, never TIMESTAMP NULL, day DATE NOT NULL);
     INSERT INTO differs VALUES (1, ${differing});
     INSERT INTO pairs SELECT '2024-01-01' + INTERVAL seq DAY, seq / 7, seq FROM seq_1_to_100;
     INSERT INTO \`odd-name\` (\`my key\`, \`1st.ünïc\`) SELECT CONCAT('k 💳 ', seq), seq FROM seq_1_to_50`,
  )
  for (const [id, of] of (['least', 'greatest', 'nulls'] as const).entries()) await source.sql(typedRow(id + 1, of))
}

/** Random changes of all tables: inserts, updates, deletes, keys that change, nulls. The seed is fixed: a failure can be seen again. */
export function changesOf(source: SourceUnderTest): (count: number) => Promise<void> {
  let seed = 7
  const below = (n: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * n)
  }
  let next = 1_000
  const kinds: readonly (() => string)[] = [
    () => `INSERT INTO customers (customer_id, given_name, email, time_zone) VALUES ('n${++next}', 'new', 'n${next}@example.org', 'UTC')`,
    () => `UPDATE customers SET phone = '0170 ${1_000_000 + below(1e6)}', quiet_to = '0${below(9)}:00:00', channels = ${below(8)} WHERE customer_id = 'c${1 + below(200)}'`,
    () => `UPDATE customers SET family_name = NULL, deleted_at = NOW(3) WHERE customer_id = 'c${1 + below(200)}'`,
    () => `DELETE FROM customers WHERE customer_id = 'c${1 + below(200)}'`,
    () => `UPDATE customers SET customer_id = 'r${++next}' WHERE customer_id = 'c${1 + below(200)}'`,
    () => `UPDATE accounts SET balance = balance + ${below(1000)} / 100, closed_on = ${below(2) === 0 ? 'NULL' : "'2024-02-29'"} WHERE account_id = ${1 + below(200)}`,
    () => `DELETE FROM accounts WHERE account_id = ${1 + below(200)}`,
    () => `UPDATE cards SET features = ${below(256)}, product = 'credit' WHERE card_id = 'v1.${1 + below(200)}'`,
    () => `DELETE FROM cards WHERE card_id = 'v1.${1 + below(200)}'`,
    () => `UPDATE merchants SET name = ' Tea  ${below(50)}', attributes = '{"n": ${below(1e6)}}', latitude = NULL WHERE merchant_id = 'm${1 + below(200)}'`,
    () => `DELETE FROM merchants WHERE merchant_id = 'm${1 + below(200)}'`,
    () => typedRow(++next, (['least', 'greatest', 'nulls'] as const)[below(3)] ?? 'nulls'),
    () => `DELETE FROM typed WHERE id = ${next - below(20)}`,
    () => `UPDATE IGNORE typed SET id = ${++next} WHERE id = ${next - below(20)}`,
    () => `UPDATE pairs SET n = ${below(1e6)} WHERE day = '2024-01-01' + INTERVAL ${1 + below(100)} DAY`,
    () => `UPDATE IGNORE pairs SET price = -price / 3 WHERE day = '2024-01-01' + INTERVAL ${1 + below(100)} DAY`,
    () => `DELETE FROM pairs WHERE day = '2024-01-01' + INTERVAL ${1 + below(100)} DAY`,
    () => `UPDATE spans SET span = '-0${below(9)}:00:00.${100_000 + below(900_000)}', zero = NULL WHERE id = ${below(2)}`,
    () => `UPDATE \`odd-name\` SET \`1st.ünïc\` = NULLIF(${below(5)}, 0) WHERE \`my key\` = 'k 💳 ${1 + below(50)}'`,
    () => `DELETE FROM \`odd-name\` WHERE \`my key\` = 'k 💳 ${1 + below(50)}'`,
  ]
  return async (count) => {
    const statements = Array.from({ length: count }, () => (kinds[below(kinds.length)] as () => string)())
    await source.sql(`SET time_zone = '+00:00', sql_mode = ''; ${statements.join('; ')}`)
  }
}
