import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { address, brokerCommand, commonSettings, copies, dataDirectory, format, LABEL, newClusterId, type Settings } from './broker.js'
import { liveBrokers } from './kafka-health.js'
import { HOST } from './ports.js'
import { clusterNames } from './server.js'
import type { Server, ServerContext } from './server.js'

/**
 * Three brokers, each also a controller: any one of them can be killed, and the cluster goes on with the other two, for
 * every partition has three copies, and what was acknowledged is in two of them.
 */
export function kafkaCluster(): Server[] {
  /** By name, once its ports are chosen: each must know the others' before it starts. */
  const members = new Map(clusterNames.map((name) => [name, Promise.withResolvers<ServerContext>()]))
  const all = (): Promise<ServerContext[]> => Promise.all([...members.values()].map(({ promise }) => promise))
  const formatted = Promise.withResolvers<ServerContext>()
  let brokers: string[] = []

  return clusterNames.map((name, index): Server => {
    const nodeId = index + 1
    const settings = async (context: ServerContext): Promise<Settings> => {
      const contexts = await Promise.race([all(), context.startFailed])
      brokers = contexts.map((each) => address(each, 'kafka'))
      return {
        ...commonSettings(context, nodeId),
        ...copies(clusterNames.length, clusterNames.length - 1),
        'controller.quorum.voters': contexts.map((each, i) => `${i + 1}@${address(each, 'controller')}`).join(','),
        'listeners': `PLAINTEXT://${address(context, 'kafka')},CONTROLLER://${address(context, 'controller')}`,
        'advertised.listeners': `PLAINTEXT://${address(context, 'kafka')}`,
        // A killed broker is missed sooner: its partitions wait so long for another leader.
        'broker.session.timeout.ms': 2500,
        'broker.heartbeat.interval.ms': 500,
        // Three JVMs share a machine that has other things to do.
        'num.network.threads': 2,
        'num.io.threads': 4,
      }
    }
    return {
      name,
      label: `${LABEL}, broker ${nodeId} of ${clusterNames.length}`,
      needs: [],
      ports: ['kafka', 'controller'],

      async prepare(context) {
        members.get(name)?.resolve(context)
        if (nodeId > 1) return copyOf(await Promise.race([formatted.promise, context.startFailed]), context, nodeId)
        await format(context, await settings(context), newClusterId())
        formatted.resolve(context)
      },

      command: async (context) => brokerCommand(context, await settings(context), ['-Xmx256m', '-XX:+UseSerialGC']),
      // That it knows itself for one of the brokers: the others may be down, and it serves all the same.
      ready: async (context) => (await liveBrokers(HOST, context.port('kafka'))).includes(context.port('kafka')),
      env: () => ({ KAFKA_BROKERS: brokers.join(',') }),
    }
  })
}

/** Another broker's empty data directory as one's own: it differs in the ids only, and formatting is half of a start. */
async function copyOf(from: ServerContext, context: ServerContext, nodeId: number): Promise<void> {
  await cp(dataDirectory(from), dataDirectory(context), { recursive: true })
  const file = join(dataDirectory(context), 'meta.properties')
  const ids = await readFile(file, 'utf8')
  const own = ids.replace(/^node\.id=.*$/m, `node.id=${nodeId}`).replace(/^directory\.id=.*$/m, `directory.id=${randomBytes(16).toString('base64url')}`)
  await writeFile(file, own)
}
