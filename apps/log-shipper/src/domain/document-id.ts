import type { LogLine } from '@swipestream/contracts'

/**
 * The `_id` of an entry's document: whatever is sent twice is the same document. Made of the machine, the file, how often
 * the file began anew, and the byte; a Logstash pipeline makes the same one of `%{file_key}:%{generation}:%{offset}`.
 */
export function documentId({ file_key, generation, offset }: Pick<LogLine, 'file_key' | 'generation' | 'offset'>): string {
  return `${file_key}:${generation}:${offset}`
}
