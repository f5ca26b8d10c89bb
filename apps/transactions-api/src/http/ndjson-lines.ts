/** One line of a stream; blank ones are counted, and left out. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: 'too_long' | 'not_utf8' }

const lineFeed = 0x0a
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The lines of a stream of bytes, numbered from 1, as soon as each has ended. The last may end with the stream; when the
 * stream breaks, what there is of it is no line. No more is held than one line and one chunk.
 *
 * @param limit bytes of a line at most, its end not counted; of a longer one nothing is held
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Line> {
  let number = 1
  let parts: Buffer[] = []
  let length = 0
  const add = (part: Buffer): void => {
    length += part.length
    // With its carriage return, which is no part of it.
    if (length > limit + 1) parts = []
    else parts.push(part)
  }
  const end = (): Line | undefined => {
    const line = lineOf(number, length > limit + 1 ? undefined : Buffer.concat(parts), limit)
    number++
    parts = []
    length = 0
    return line
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, start)) {
      add(chunk.subarray(start, at))
      start = at + 1
      const line = end()
      if (line) yield line
    }
    if (start < chunk.length) add(chunk.subarray(start))
  }
  if (length > 0) {
    const line = end()
    if (line) yield line
  }
}

/** @param bytes undefined: there are too many */
function lineOf(number: number, bytes: Buffer | undefined, limit: number): Line | undefined {
  const content = bytes?.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes
  if (content === undefined || content.length > limit) return { number, fault: 'too_long' }
  try {
    const text = utf8.decode(content)
    return text.trim() === '' ? undefined : { number, text }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { number, fault: 'not_utf8' }
  }
}
