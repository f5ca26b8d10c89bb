import type { EcsDocument, EcsEndpoint, EcsUserAgent } from './ecs.js'
import type { Zone } from './zone.js'

/** Why an entry could not be parsed. */
export type ParseReason =
  /** Nothing, or blanks only. */
  | 'empty'
  /** Not of the format that it was said to be of, or, with `auto`, of none. */
  | 'format'
  /** Of the format, but at a time that does not exist. */
  | 'time'
  /** JSON of more levels than Elasticsearch takes. */
  | 'nesting'

/** What parsers take from outside: they have no clock, no files and no settings of their own. */
export interface ParseContext {
  /** The zone of times that are logged without one. */
  readonly zone: Zone
  /** Milliseconds since the Unix epoch: gives times that are logged without a year theirs. */
  readonly now: number
  /** What a user agent is; without it only `user_agent.original` is set. */
  readonly userAgent?: ((original: string) => EcsUserAgent) | undefined
  /** Where an address is, if anybody knows. */
  readonly locate?: ((ip: string) => Pick<EcsEndpoint, 'geo' | 'as'> | undefined) | undefined
}

/** A document as a parser makes it: what is true of any entry (`ecs`, `event.original`, the file) comes in {@link parseEntry}. */
export type Draft = Omit<EcsDocument, 'ecs' | 'event'> & { event: Omit<EcsDocument['event'], 'original'> }

/**
 * Reads one entry of one format. Parsers scan by index and go back over nothing, so that they take a time linear in the
 * length of the entry, whatever is in it.
 *
 * @param truncated whether the end of the entry was cut off: a quoted field may then lack its closing quote
 */
export type Parser = (entry: string, context: ParseContext, truncated: boolean) => Draft | ParseReason
