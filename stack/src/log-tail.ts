import { open } from 'node:fs/promises'

/** The last lines of a log file, indented for an error message; empty when there is no such file. */
export async function lastLines(path: string, count = 15): Promise<string> {
  const file = await open(path).catch(() => undefined)
  if (!file) return ''
  try {
    const { size } = await file.stat()
    const length = Math.min(size, 16_384)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const lines = buffer.toString('utf8').trimEnd().split('\n').slice(-count)
    return lines.map((line) => `  ${line}`).join('\n')
  } finally {
    await file.close()
  }
}
