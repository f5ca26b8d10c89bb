import { address, brokerCommand, commonSettings, copies, format, LABEL, newClusterId, type Settings } from './broker.js'
import { liveBrokers } from './kafka-health.js'
import { HOST } from './ports.js'
import type { Server, ServerContext } from './server.js'

/** Apache Kafka as the system is run and tested with: one broker, open to everyone on this machine. */
export const kafka: Server = {
  name: 'kafka',
  label: LABEL,
  needs: [],
  ports: ['kafka', 'controller'],
  prepare: (context) => format(context, settings(context), newClusterId()),
  command: (context) => brokerCommand(context, settings(context), ['-Xmx512m', '-XX:+UseG1GC']),
  ready: async (context) => (await liveBrokers(HOST, context.port('kafka'))).includes(context.port('kafka')),
  env: (context) => ({ KAFKA_BROKERS: address(context, 'kafka') }),
}

function settings(context: ServerContext): Settings {
  return {
    ...commonSettings(context),
    ...copies(1, 1),
    'controller.quorum.voters': `1@${address(context, 'controller')}`,
    'listeners': `PLAINTEXT://${address(context, 'kafka')},CONTROLLER://${address(context, 'controller')}`,
    'advertised.listeners': `PLAINTEXT://${address(context, 'kafka')}`,
  }
}
