import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { address, brokerCommand, commonSettings, copies, format, LABEL, newClusterId, type Settings } from './broker.js'
import { newAuthority } from './certificates.js'
import { liveBrokers } from './kafka-health.js'
import { HOST } from './ports.js'
import type { Server, ServerContext } from './server.js'

const USERNAME = 'swipestream'

/**
 * Who may do everything: the user whose password the environment tells, by whichever name a door knows it; and who comes
 * without a name, which are the broker itself and those that come by the door that asks for none.
 */
const SUPER_USERS = [USERNAME, `CN=${USERNAME}`, 'ANONYMOUS'].map((name) => `User:${name}`).join(';')

/**
 * A broker that lets nobody in without TLS. Of its three doors, one asks for a user name and a password (PLAIN or SCRAM),
 * one for a client certificate, one for nothing more. Authority, certificates and password are made for each run.
 *
 * Its authorizer allows other users, who are made while it runs, what ACLs say, and nothing else.
 */
export function kafkaSecured(): Server {
  const password = randomBytes(18).toString('base64url')
  const authority = newAuthority('Swipestream local stack')

  return {
    name: 'kafka-secured',
    label: `${LABEL} with TLS and SASL`,
    needs: [],
    ports: ['kafka', 'tls', 'mutualTls', 'controller'],

    async prepare(context) {
      const [broker, client] = [authority.issue('kafka-secured'), authority.issue(USERNAME)]
      await writeFile(file(context, 'authority.pem'), authority.certificate)
      await writeFile(file(context, 'broker.pem'), broker.key + broker.certificate, { mode: 0o600 })
      await writeFile(file(context, 'client.pem'), client.certificate)
      await writeFile(file(context, 'client-key.pem'), client.key, { mode: 0o600 })
      const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${USERNAME},password=${password}]`])
      await format(context, settings(context, password), newClusterId(), users)
    },

    command: (context) => brokerCommand(context, settings(context, password), ['-Xmx256m', '-XX:+UseSerialGC']),
    // A broker is known by the address of the door that was asked.
    ready: async (context) => (await liveBrokers(HOST, context.port('tls'), authority.certificate)).includes(context.port('tls')),

    env: (context) => ({
      KAFKA_BROKERS: address(context, 'kafka'),
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: file(context, 'authority.pem'),
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: USERNAME,
      KAFKA_SASL_PASSWORD: password,
      KAFKA_SECURED_TLS_BROKERS: address(context, 'tls'),
      KAFKA_SECURED_MUTUAL_TLS_BROKERS: address(context, 'mutualTls'),
      KAFKA_SECURED_CERT_FILE: file(context, 'client.pem'),
      KAFKA_SECURED_KEY_FILE: file(context, 'client-key.pem'),
    }),
  }
}

function file(context: ServerContext, name: string): string {
  return join(context.dir, name)
}

function settings(context: ServerContext, password: string): Settings {
  const doors = { SASL: address(context, 'kafka'), TLS: address(context, 'tls'), MUTUAL: address(context, 'mutualTls') }
  const advertised = Object.entries(doors).map(([name, where]) => `${name}://${where}`).join(',')
  const login = 'org.apache.kafka.common.security'
  return {
    ...commonSettings(context),
    ...copies(1, 1),
    'controller.quorum.voters': `1@${address(context, 'controller')}`,
    'listeners': `${advertised},CONTROLLER://${address(context, 'controller')}`,
    'advertised.listeners': advertised,
    'listener.security.protocol.map': 'SASL:SASL_SSL,TLS:SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT',
    // A broker talks to itself too, when a transaction ends.
    'inter.broker.listener.name': 'TLS',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': file(context, 'broker.pem'),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': file(context, 'authority.pem'),
    'listener.name.mutual.ssl.client.auth': 'required',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.sasl.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required user_${USERNAME}="${password}";`,
    'listener.name.sasl.scram-sha-256.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': SUPER_USERS,
    'allow.everyone.if.no.acl.found': 'false',
  }
}
