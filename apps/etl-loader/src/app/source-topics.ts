import { changelog, type Topic } from '@swipestream/contracts'
import { type BankTable, bankTables, type Envelope, sourceSchemas, type SourceRows } from '../domain/bank/source-rows.js'

/** A table's topic, as it is read here. */
export type SourceTopic<T extends BankTable = BankTable> = Topic<Envelope<SourceRows[T]>, 'compact'>

/** The part of the configuration that names the source. */
export interface SourceNames {
  readonly ETL_SOURCE_NAME: string
  readonly ETL_SOURCE_DATABASE: string
}

/** `<source>.<database>.<table>`: how extract and Debezium name a table's topic, `_` for what Kafka does not allow in it. */
export function sourceTopicName({ ETL_SOURCE_NAME: source, ETL_SOURCE_DATABASE: database }: SourceNames, table: string): string {
  return [source, database, table].map((part) => part.replaceAll(/[^a-zA-Z0-9_-]/g, '_')).join('.')
}

/**
 * The topics of the bank's tables with a schema to read them by; they are made, and their schemas registered, by whoever
 * writes them. Number of partitions and field of the key are of no meaning to a reader.
 */
export function sourceTopics(names: SourceNames): { readonly table: BankTable; readonly topic: SourceTopic }[] {
  return bankTables.map((table) => ({ table, topic: changelog(sourceTopicName(names, table), 'op', sourceSchemas[table], 1) }))
}
