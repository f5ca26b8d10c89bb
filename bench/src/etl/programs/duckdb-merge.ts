/** The peer: DuckDB alone, which merges files of rows, each in a transaction with the offsets that it stands for. */
import { DuckDBInstance } from '@duckdb/node-api'
import { tell, whenAsked } from '../../child.js'
import type { Merged, MergeTask } from '../load.js'

const { BENCH_TASK = '' } = process.env
const { warehouse, memory, statement, files } = JSON.parse(BENCH_TASK) as MergeTask
// As the loader opens it.
const instance = await DuckDBInstance.create(warehouse, { memory_limit: memory, preserve_insertion_order: 'false' })
const duckdb = await instance.connect()
whenAsked(async () => {
  duckdb.closeSync()
  instance.closeSync()
})

await duckdb.run("SET TimeZone = 'UTC'")
await duckdb.run('CREATE TABLE offsets ("partition" INTEGER PRIMARY KEY, next_offset BIGINT NOT NULL)')
await duckdb.run(`CREATE TABLE payments AS SELECT * FROM read_parquet('${files[0]?.file ?? ''}') LIMIT 0`)

const merge = {
  'delete-insert': (file: string) => [
    `DELETE FROM payments AS t USING read_parquet('${file}') AS s WHERE t.id = s.id`,
    `INSERT INTO payments SELECT * FROM read_parquet('${file}')`,
  ],
  merge: (file: string) => [`MERGE INTO payments AS t USING read_parquet('${file}') AS s ON t.id = s.id WHEN MATCHED THEN UPDATE WHEN NOT MATCHED THEN INSERT`],
} as const

const merged: Merged[] = []
let done = 0
for (const { file, records, next } of files) {
  await duckdb.run('BEGIN')
  for (const [partition, offset] of next) await duckdb.run('INSERT OR REPLACE INTO offsets VALUES (?, ?)', [partition, BigInt(offset)])
  for (const sql of merge[statement](file)) await duckdb.run(sql)
  await duckdb.run('COMMIT')
  done += records
  const { user, system } = process.cpuUsage()
  merged.push({ at: Date.now(), done, cpuUs: user + system })
}
tell(merged)
