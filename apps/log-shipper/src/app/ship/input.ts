import type { MultilineRule } from '../../domain/multiline.js'
import type { RedactionRules } from '../../domain/redaction.js'
import type { LogEncoding } from '../../files/text-decoder.js'

/** Files that are read in the same way. */
export interface LogInput {
  /** Tells it from the others, also after a restart. */
  readonly name: string
  /** Absolute patterns. */
  readonly paths: readonly string[]
  readonly exclude: readonly string[]
  readonly service: string
  readonly format: string
  readonly encoding: LogEncoding
  /** null: every line is an entry. */
  readonly multiline: Omit<MultilineRule, 'maxLength'> | null
}

export interface ShipOptions {
  readonly host: string
  readonly inputs: readonly LogInput[]
  readonly redaction: RedactionRules
  /** Bytes that are kept of an entry, at the most. */
  readonly maxLineBytes: number
  /** A batch has about so many bytes; two are held at a time. */
  readonly batchBytes: number
  /** How often a file that has nothing new is looked at, in milliseconds; one that is quiet for long, less often. */
  readonly pollMs: number
  /** How often patterns are looked up. */
  readonly scanMs: number
  /** After so long a last line without its end is shipped as it is. */
  readonly partialMs: number
  /** How long a file is held that was renamed out of the patterns, or deleted, after it last grew. */
  readonly rotatedMs: number
  /** How often it is remembered how far files were shipped. */
  readonly checkpointMs: number
  /** Ships what is there, and ends. */
  readonly once: boolean
}
