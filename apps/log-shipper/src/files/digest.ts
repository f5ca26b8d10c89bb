import { createHash } from 'node:crypto'

/** 32 hexadecimal digits of SHA-256: no two contents of log files share them. */
export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}
