import type { Readable, Writable } from 'node:stream'

/** Where a command reads and writes, beside files. */
export interface ParseStreams {
  readonly stdin: Readable
  /** Resolves when more can be written, to false when nobody reads any more. */
  write(text: string): Promise<boolean>
}

export function standardStreams(): ParseStreams {
  return { stdin: process.stdin, write: patientWriter(process.stdout) }
}

/** Writes to a stream as fast as it is read; whoever reads may go away (`| head`), which is no failure: false from then on. */
export function patientWriter(stream: Writable): (text: string) => Promise<boolean> {
  let gone = false
  // A write that fails is told to its callback, and here once more.
  stream.on('error', () => {
    gone = true
  })
  return (text) =>
    new Promise((resolve, reject) => {
      if (gone) resolve(false)
      else
        stream.write(text, (error) => {
          if (error === null || error === undefined) resolve(true)
          else if ('code' in error && error.code === 'EPIPE') resolve(false)
          else reject(error)
        })
    })
}
