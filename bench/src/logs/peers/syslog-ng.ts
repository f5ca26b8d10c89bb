import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unpacked } from '@swipestream/stack'
import { startProcess } from '../process.js'
import type { Shipping, Side } from '../side.js'
import { producerSettings } from './librdkafka.js'
import { eachLineOnce } from './raw-lines.js'

/** The version whose configuration this is: that of Debian 12. */
const version = '3.38'

/** syslog-ng with its file source and kafka-c. @throws PackagesMissing */
export async function syslogNgSide(): Promise<Side> {
  const { root, libraries } = await unpacked('syslog-ng', ['syslog-ng-core', 'syslog-ng-mod-rdkafka'])
  const own = join(root, 'usr/lib/syslog-ng')
  return {
    name: 'syslog-ng',
    async start(shipping) {
      const { directory } = shipping
      const file = (name: string): string => join(directory, `syslog-ng.${name}`)
      await writeFile(file('conf'), configurationOf(shipping))
      return startProcess({
        name: 'syslog-ng',
        command: join(root, 'usr/sbin/syslog-ng'),
        args: ['-F', '--no-caps', '--stderr', '-f', file('conf'), '-R', file('persist'), '-p', file('pid'), '-c', file('ctl'), `--module-path=${join(own, version)}`],
        env: { LD_LIBRARY_PATH: [...libraries, own].join(':') },
        logFile: file('log'),
      })
    },
    verify: eachLineOnce,
  }
}

/** Lines are not parsed, taken in large portions, and wait for the topic (flow-control) in a window that is large enough not to stop them. */
function configurationOf({ log, topic, brokers, compression }: Shipping): string {
  const settings = Object.entries(producerSettings(compression)).map(([name, value]) => `${name}("${value}")`)
  return `@version: ${version}
options { threaded(yes); use-dns(no); keep-hostname(yes); stats-freq(0); log-msg-size(262144); };
source s { file("${log.path}" flags(no-parse) follow-freq(0.1) log-fetch-limit(10000) log-iw-size(100000)); };
destination d { kafka-c(bootstrap-servers("${brokers}") topic("${topic}") message("$MSG") batch-lines(10000) log-fifo-size(200000) config(${settings.join(' ')})); };
log { source(s); destination(d); flags(flow-control); };
`
}
