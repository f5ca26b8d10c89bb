import { CreateOutbox1764000000000 } from './outbox.migration.js'
import { ShardOutbox1764100000000 } from './shard-outbox.migration.js'

/** The tables of the outbox; a service lists these migrations among its own. */
export const outboxMigrations = [CreateOutbox1764000000000, ShardOutbox1764100000000] as const
