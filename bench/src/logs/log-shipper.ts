import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decoder, type LogLine, serverLogs } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { startProcess } from './process.js'
import type { Shipping, Side } from './side.js'

const program = fileURLToPath(new URL('../../../apps/log-shipper/dist/ship-main.js', import.meta.url))

/** log-shipper as it is run in production: one process with its defaults. @param profile where CPU profiles go */
export function logShipperSide(profile: string | null): Side {
  return {
    name: 'log-shipper',
    start({ log, ground, compression, directory }) {
      const profiling = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
      const running = startProcess({
        name: 'log-shipper',
        command: process.execPath,
        args: [...profiling, program],
        env: { ...ground.env, HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', LOG_PATHS: log.path, LOG_SERVICE: 'bench', LOG_STATE_DIR: join(directory, 'state'), KAFKA_COMPRESSION: compression },
        logFile: join(directory, 'log-shipper.log'),
      })
      return Promise.resolve(running)
    },
    async verify(shipping) {
      await eachPlaceOnce(shipping)
      const { log, directory } = shipping
      await eventually(() => {
        const { files } = JSON.parse(readFileSync(join(directory, 'state/checkpoint.json'), 'utf8')) as { readonly files: readonly { readonly offset: number }[] }
        if (files.length !== 1 || files[0]?.offset !== log.bytes) throw new Error(`the checkpoint says ${JSON.stringify(files)} where ${log.bytes} bytes were shipped`)
        return true
      })
    },
  }
}

/**
 * @throws Error when the entries do not follow one another in the file without a gap from its beginning to its end, or an
 *   entry in which nothing was replaced is not what stands there
 */
async function eachPlaceOnce({ ground, topic, log }: Shipping): Promise<void> {
  const text = readFileSync(log.path)
  const reader = ground.client.reader()
  const { decode } = boundDecoder()
  let [entries, next] = [0, 0]
  try {
    for (const [partition, { first, end }] of (await reader.bounds(topic)).entries()) {
      for await (const records of reader.read({ topic, partition }, first, end)) {
        for (const { value } of records) {
          const { offset, end_offset, message, redactions } = decode(value as Buffer)
          // One file is in one partition, in order.
          if (offset !== next) throw new Error(`entry ${entries} begins at byte ${offset} where ${next} comes next`)
          if (redactions === 0 && message !== text.toString('latin1', offset, end_offset - 1)) throw new Error(`the entry at byte ${offset} is not what stands there: ${message}`)
          next = end_offset
          entries++
        }
      }
    }
  } finally {
    await reader.close()
  }
  if (entries !== log.lines || next !== log.bytes) throw new Error(`${entries} entries are on the topic for ${log.lines} lines, up to byte ${next} of ${log.bytes}`)
}

function boundDecoder(): { decode(value: Buffer): LogLine } {
  const lines = decoder<LogLine>(serverLogs.schema)
  return { decode: (value) => lines.decode(value, () => serverLogs.schema) }
}
