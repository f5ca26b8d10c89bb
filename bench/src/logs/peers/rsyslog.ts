import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unpacked, type Unpacked } from '@swipestream/stack'
import { startProcess } from '../process.js'
import type { Shipping, Side } from '../side.js'
import { producerSettings } from './librdkafka.js'
import { eachLineOnce } from './raw-lines.js'

/** rsyslog with imfile and omkafka. @throws PackagesMissing */
export async function rsyslogSide(): Promise<Side> {
  const packages = await unpacked('rsyslog', ['rsyslog', 'rsyslog-kafka'])
  return {
    name: 'rsyslog',
    async start(shipping) {
      const { directory } = shipping
      const configuration = join(directory, 'rsyslog.conf')
      await writeFile(configuration, configurationOf(shipping))
      return startProcess({
        name: 'rsyslog',
        command: join(packages.root, 'usr/sbin/rsyslogd'),
        args: ['-n', '-f', configuration, '-i', join(directory, 'rsyslog.pid'), '-M', modulesOf(packages)],
        env: { LD_LIBRARY_PATH: packages.libraries.join(':') },
        logFile: join(directory, 'rsyslog.log'),
      })
    },
    verify: eachLineOnce,
  }
}

function modulesOf({ libraries }: Unpacked): string {
  return libraries.map((each) => join(each, 'rsyslog')).join(':')
}

/**
 * A queue in memory between file and topic, taken from in large batches; lines as they are, without a key, so that
 * librdkafka fills a batch for one partition after the other. What Kafka does not take is kept and sent again. The state
 * file is written every 100,000 lines: as often as ours, about.
 */
function configurationOf({ log, topic, brokers, compression, directory }: Shipping): string {
  const settings = Object.entries(producerSettings(compression)).map(([name, value]) => `"${name}=${value}"`)
  return `global(workDirectory="${directory}" maxMessageSize="256k")
main_queue(queue.type="FixedArray" queue.size="200000" queue.dequeueBatchSize="4096")
module(load="imfile" mode="inotify")
module(load="omkafka")
template(name="line" type="string" string="%msg%")
input(type="imfile" file="${log.path}" tag="access" ruleset="ship" persistStateInterval="100000")
ruleset(name="ship" queue.type="FixedArray" queue.size="200000" queue.dequeueBatchSize="4096") {
  action(type="omkafka" broker=["${brokers}"] topic="${topic}" template="line" partitions.auto="on"
         resubmitOnFailure="on" keepFailedMessages="on" failedMsgFile="${directory}/failed"
         confParam=[${settings.join(', ')}])
}
`
}
