import type { FileRecord } from '../../domain/file-identity.js'
import { digest } from '../../files/digest.js'
import { type LogContent, tailOf } from '../../files/log-content.js'

/**
 * Whether a file has, before the place that known content was shipped up to, the same bytes as that. `short`: it does not
 * reach to there, or cannot be unpacked so far.
 */
export async function tailLike(content: LogContent, { offset, tail }: Pick<FileRecord, 'offset' | 'tail'>): Promise<'same' | 'other' | 'short'> {
  try {
    const length = Math.max(tail.length, 1)
    const bytes = await tailOf(content, offset, length)
    if (bytes.length < Math.min(length, offset)) return 'short'
    return tail.length === 0 || digest(bytes) === tail.digest ? 'same' : 'other'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'LOG_ARCHIVE_DAMAGED') return 'short'
    throw error
  }
}
