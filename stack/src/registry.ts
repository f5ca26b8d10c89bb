import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StackError } from './errors.js'
import { answers } from './http-health.js'
import { HOST } from './ports.js'
import { clusterNames } from './server.js'
import type { Server, ServerContext } from './server.js'

/** Apicurio Registry, which speaks the API of Confluent's Schema Registry. Its state is a topic in Kafka. */
export const registry: Server = {
  name: 'registry',
  label: 'Apicurio Registry 3.0.9',
  needs: ['kafka', ...clusterNames],
  ports: ['registry'],

  async command(context) {
    const [java, jars] = await Promise.all([context.java(), context.jars()])
    return {
      command: java,
      // It is not on the path of a message: the first compiler and one collector thread start it sooner and smaller.
      args: ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-jar', await runner(join(jars, 'registry'))],
      cwd: context.dir,
      env: {
        QUARKUS_HTTP_HOST: HOST,
        QUARKUS_HTTP_PORT: String(context.port('registry')),
        QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
        APICURIO_STORAGE_KIND: 'kafkasql',
        // It looks this long for a snapshot of its state before it reads the whole topic; the first is made after a day.
        APICURIO_KAFKASQL_CONSUMER_POLL_TIMEOUT: '200',
        APICURIO_KAFKASQL_BOOTSTRAP_SERVERS: context.env.KAFKA_BROKERS ?? '',
      },
    }
  },

  // Ready when it has read its topic: before, it does not know the ids it gave out.
  ready: async (context) => (await answers(`${origin(context)}/health/ready`)) && (await answers(`${url(context)}/subjects`)),

  env: (context) => ({ SCHEMA_REGISTRY_URL: url(context) }),
}

const origin = (context: ServerContext): string => `http://${HOST}:${context.port('registry')}`
const url = (context: ServerContext): string => `${origin(context)}/apis/ccompat/v7`

async function runner(directory: string): Promise<string> {
  const name = (await readdir(directory)).find((file) => file.endsWith('-runner.jar'))
  if (name === undefined) throw new StackError('JARS_UNRESOLVED', `no *-runner.jar in ${directory}: remove it and start again`)
  return join(directory, name)
}
