import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { newSecrets } from './environment.js'
import { startEnv } from './start-env.js'
import type { System } from './system.js'

const secrets = newSecrets()
const services = Object.fromEntries(['transactions-api', 'fraud-service', 'notifier'].map((name, i) => [name, { url: `http://127.0.0.1:${3000 + i}` }])) as unknown as System['services']
const stack = { dir: "/tmp/it's here", env: { KAFKA_BROKERS: '127.0.0.1:9092', SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7' } }
const kafka = { java: 'echo', classPath: '/jars/*' }
const mail = { url: 'http://127.0.0.1:1080', own: true }

/** What a shell knows that has read the file. */
const inShell = (text: string, command: string): string => execFileSync('bash', ['-euc', `${text}\n${command}`], { encoding: 'utf8' }).trimEnd()

test('a shell that reads the file knows addresses and keys, whatever stands in them', () => {
  const text = startEnv({ services, secrets, mail, sms: null, etl: null, stack, kafka })
  expect(inShell(text, 'echo "$API $FRAUD $NOTIFIER $KAFKA_BROKERS $MAILS"')).toBe('http://127.0.0.1:3000 http://127.0.0.1:3001 http://127.0.0.1:3002 127.0.0.1:9092 http://127.0.0.1:1080/api/email?to.address=')
  expect(inShell(text, 'node -p process.env.API_KEY')).toBe(secrets.apiKey)
  expect(inShell(text, 'echo "$LOGS"')).toBe(stack.dir)
})

test('what the system has not is not named', () => {
  const text = startEnv({ services, secrets, mail: null, sms: null, etl: null, stack, kafka })
  expect(inShell(text, 'echo "${SMS-none} ${MAILS-none} ${ETL_WAREHOUSE-none}"')).toBe('none none none')
})

test("Kafka's own tools are one word away", () => {
  const text = startEnv({ services, secrets, mail: null, sms: null, etl: null, stack, kafka })
  expect(inShell(text, 'kafka_tool topics --describe')).toBe('org.apache.kafka.tools.TopicCommand --bootstrap-server 127.0.0.1:9092 --describe')
  expect(inShell(text, 'kafka_tool streams 2>&1 || echo "$?"')).toBe('kafka_tool knows consumer-groups and topics, not streams\n2')
})
